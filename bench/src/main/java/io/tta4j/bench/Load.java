package io.tta4j.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A service with tta4j beside the same service without, under the same load in one run: latencies at a share of the
 * plain one's capacity, and what both get done when there is no end of work. They take turns in blocks, in an order
 * that alternates, and the one whose turn it is not has nothing to do.
 */
@Command(
        name = "bench/load",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Puts load on a plain inference server and on one with tta4j, interleaved, and prints ratios.")
public final class Load implements Callable<Integer> {

    @Parameters(paramLabel = "MODEL", description = "An ONNX file with one input of float32.")
    private Path model = Path.of("");

    @Option(names = "--rows", paramLabel = "N", description = "Samples a request.")
    private int rows = 1;

    @Option(names = "--blocks", paramLabel = "N", description = "Turns of each.")
    private int blocks = 20;

    @Option(names = "--seconds", paramLabel = "S", description = "How long a turn is.")
    private double seconds = 2;

    @Option(names = "--share", paramLabel = "X", description = "Of the plain server's capacity, for latencies.")
    private double share = 0.5;

    @Option(names = "--connections", paramLabel = "N", description = "For the open loop.")
    private int connections = 32;

    @Option(names = "--users", paramLabel = "N", description = "For the closed loop: who always have a request.")
    private int users = 4;

    @Option(names = "--server", paramLabel = "OPTION", description = "An option of both servers, such as --threads=1.")
    private List<String> serverOptions = List.of();

    @Option(
            names = "--tta",
            paramLabel = "OPTION",
            description =
                    "An option of the server with tta4j. Without, it adapts in the background, and every sample is reliable: the most work there is.")
    private List<String> ttaOptions = List.of(
            "--method=sar",
            "--set=margin=100",
            "--set=redundancy=2",
            "--set=resetThreshold=0",
            "--background",
            // What is pending after a turn is learned from before the next: seconds, not minutes.
            "--set=runtime.pendingBytes=4194304");

    private Load() {}

    /** Runs the comparison and ends the process. */
    public static void main(String[] arguments) {
        // A server's option may be called as one of these here.
        System.exit(new CommandLine(new Load())
                .setAllowOptionsAsOptionParameters(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        try (LoadService plain = LoadService.start("plain", model, with(List.of("--plain")));
                LoadService adapting = LoadService.start("tta4j", model, with(ttaOptions));
                LoadClient client = new LoadClient(Math.max(connections, users), plain.requests(64, rows))) {
            List<LoadService> both = List.of(plain, adapting);
            for (LoadService service : both) {
                turn(service, () -> client.closed(service, users, seconds));
            }
            double capacity = turn(plain, () -> client.closed(plain, users, seconds));
            double rate = share * capacity;
            System.out.printf(
                    Locale.ROOT,
                    "%s, %d rows a request, plain capacity %.1f/s, open loop at %.1f/s, %d turns of %.0f s%n%n",
                    model.getFileName(),
                    rows,
                    capacity,
                    rate,
                    blocks,
                    seconds);
            Latencies latencies = new Latencies();
            List<List<Double>> throughputs = List.of(new ArrayList<>(), new ArrayList<>());
            for (int block = 0; block < 2 * blocks; block++) {
                // Plain, tta4j, tta4j, plain: a drift of the machine falls on both.
                int which = (block + 1) / 2 % 2;
                long seed = block / 2;
                LoadService service = both.get(which);
                Histogram stretch = turn(service, () -> client.open(service, rate, seconds, seed));
                if (service == plain) {
                    latencies.plain(stretch);
                } else {
                    latencies.adapting(stretch);
                }
                throughputs.get(which).add(turn(service, () -> client.closed(service, users, seconds)));
            }
            print(latencies, throughputs);
            return 0;
        }
    }

    private List<String> with(List<String> more) {
        List<String> all = new ArrayList<>(serverOptions);
        all.addAll(more);
        return all;
    }

    private static <T> T turn(LoadService service, Callable<T> load) throws Exception {
        T result = load.call();
        service.awaitIdle();
        return result;
    }

    private static void print(Latencies latencies, List<List<Double>> throughputs) {
        latencies.print(System.out, any -> "");
        Sample before = new Sample(throughputs.get(0));
        Sample now = new Sample(throughputs.get(1));
        Sample ratios = now.over(before);
        System.out.printf(
                Locale.ROOT,
                "%n| at full load | plain | tta4j | ratio, median stretch | quartiles |%n| --- | ---: | ---: | ---: | ---: |%n"
                        + "| requests/s | %.1f | %.1f | %.3f | %.3f .. %.3f |%n",
                before.median(),
                now.median(),
                ratios.median(),
                ratios.quantile(0.25),
                ratios.quantile(0.75));
    }
}
