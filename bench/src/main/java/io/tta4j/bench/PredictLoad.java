package io.tta4j.bench;

import io.tta4j.AdaptiveModel;
import io.tta4j.Budget;
import io.tta4j.Execution;
import io.tta4j.Mode;
import io.tta4j.RuntimeConfig;
import io.tta4j.bench.OpenLoop.Arrivals;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.model.Batch;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Requests at half of what a plain session can answer, to a plain session and to tta4j that adapts in the background,
 * in turns within one run; and then as many as either can answer.
 */
@Command(
        name = "bench/predict-load",
        mixinStandardHelpOptions = true,
        description = "Latency of tta4j in BACKGROUND execution beside a plain ONNX Runtime session, under load.",
        showDefaultValues = true)
public final class PredictLoad implements Callable<Integer> {

    private static final int BATCHES = 16;
    private static final int WARM_UP_STEPS = 8;
    private static final double WARM_UP_SECONDS = 5;
    private static final Map<Double, String> LIMITS = Map.of(50.0, "1.05", 99.0, "1.15");

    @Parameters(paramLabel = "MODEL", description = "An ONNX file with one float input.")
    private Path model = Path.of("");

    @Option(names = "--batch", paramLabel = "N", description = "Samples a request.")
    private int batch = 16;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of each session.")
    private int threads = 1;

    @Option(names = "--clients", paramLabel = "N", description = "Requests that may be in flight at once.")
    private int clients = Runtime.getRuntime().availableProcessors();

    @Option(names = "--load", paramLabel = "SHARE", description = "Share of the plain session's capacity.")
    private double load = 0.5;

    @Option(names = "--budget", paramLabel = "SHARE", description = "Share of wall time for adaptation.")
    private double budget = 0.25;

    @Option(names = "--adaptation-batch", paramLabel = "N", description = "Samples a step.")
    private int adaptationBatch = 64;

    @Option(names = "--pending", paramLabel = "BYTES", description = "What waits to be learned from may take so many.")
    private long pendingBytes = RuntimeConfig.ofDefaults().pendingBytes();

    @Option(names = "--share", paramLabel = "SHARE", description = "Share of samples that a step learns from.")
    private double share = 1;

    @Option(names = "--arrivals", description = "${COMPLETION-CANDIDATES}: when requests are due.")
    private Arrivals arrivals = Arrivals.POISSON;

    @Option(names = "--rounds", paramLabel = "N", description = "Stretches of each.")
    private int rounds = 20;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of a stretch.")
    private double seconds = 5;

    private final List<Batch> requests = new ArrayList<>();
    private final AtomicLong adaptedNanos = new AtomicLong();
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong droppedRows = new AtomicLong();

    @Option(names = "--mode", defaultValue = "adapting", description = "${COMPLETION-CANDIDATES}: what tta4j does.")
    private Mode mode = Mode.ADAPTING;

    @Option(names = "--stop-spinning", description = "The plain session's threads stop spinning with each run, too.")
    private boolean stopSpinning;

    private PredictLoad() {}

    /** Measures and ends the process. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new PredictLoad())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        RuntimeConfig config = RuntimeConfig.custom()
                .execution(Execution.BACKGROUND)
                .adaptationBatch(adaptationBatch)
                .budget(Budget.share(budget))
                .pendingBytes(pendingBytes)
                .build();
        OnnxOptions options = OnnxOptions.custom().intraOpThreads(threads).build();
        try (PlainSession plain = PlainSession.open(model, threads, !stopSpinning);
                OnnxModel adaptable = OnnxModel.load(model, options);
                AdaptiveModel adaptive = AdaptiveModel.of(adaptable, new FixedShareSar(share), config);
                OpenLoop loop = new OpenLoop(clients)) {
            IntStream.range(0, BATCHES).forEach(i -> requests.add(Images.random(adaptable, batch, i)));
            adaptive.events().on(RuntimeEvent.Adapted.class, event -> {
                steps.incrementAndGet();
                adaptedNanos.addAndGet(event.nanos());
            });
            adaptive.events().on(RuntimeEvent.Dropped.class, event -> droppedRows.addAndGet(event.rows()));
            OpenLoop.Service toPlain = request -> plain.run(batch(request));
            OpenLoop.Service toAdaptive = request -> adaptive.predict(batch(request));

            for (int step = 0; step < WARM_UP_STEPS; step++) {
                for (int row = 0; row < adaptationBatch; row += batch) {
                    toAdaptive.answer(row / batch);
                }
                adaptive.flush();
            }
            adaptive.setMode(mode);
            adaptive.pause();
            loop.throughput(toAdaptive, WARM_UP_SECONDS);
            double capacity = loop.throughput(toPlain, WARM_UP_SECONDS);
            head(capacity);
            latency(loop, capacity * load, toPlain, toAdaptive, adaptive);
            fullLoad(loop, toPlain, toAdaptive, adaptive);
        }
        return 0;
    }

    private Batch batch(long request) {
        return requests.get((int) (request % BATCHES));
    }

    private void head(double capacity) {
        System.out.printf(
                Locale.ROOT,
                "%s, batch %d, %d threads, %d clients, budget %s, step of %d samples; plain capacity %.0f requests/s;"
                        + " %s arrivals at %.0f/s; %d stretches of %.0f s each; %d cores, load %.1f%n%n",
                model.getFileName(),
                batch,
                threads,
                clients,
                budget,
                adaptationBatch,
                capacity,
                arrivals.name().toLowerCase(Locale.ROOT),
                capacity * load,
                rounds,
                seconds,
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private void latency(
            OpenLoop loop,
            double perSecond,
            OpenLoop.Service toPlain,
            OpenLoop.Service toAdaptive,
            AdaptiveModel adaptive)
            throws Exception {
        Latencies latencies = new Latencies();
        Random order = new Random(1);
        steps.set(0);
        adaptedNanos.set(0);
        droppedRows.set(0);
        for (int round = 0; round < rounds; round++) {
            // The same requests at the same times for both.
            long[] due = arrivals.due((int) Math.ceil(perSecond * seconds), perSecond, round);
            boolean plainFirst = order.nextBoolean();
            for (int turn = 0; turn < 2; turn++) {
                if (turn == 0 == plainFirst) {
                    latencies.plain(loop.run(toPlain, due));
                } else {
                    adaptive.resume();
                    latencies.adapting(loop.run(toAdaptive, due));
                    adaptive.pause();
                }
            }
        }
        latencies.print(System.out, percentile -> LIMITS.getOrDefault(percentile, ""));
        System.out.printf(
                Locale.ROOT,
                "%n%d requests to each; %d steps, which took %.1f %% of the time; %d of %d samples dropped%n%n",
                latencies.requests(),
                steps.get(),
                100 * adaptedNanos.get() * 1e-9 / (rounds * seconds),
                droppedRows.get(),
                latencies.requests() * batch);
    }

    private void fullLoad(OpenLoop loop, OpenLoop.Service toPlain, OpenLoop.Service toAdaptive, AdaptiveModel adaptive)
            throws Exception {
        List<Double> plain = new ArrayList<>();
        List<Double> adapting = new ArrayList<>();
        steps.set(0);
        for (int round = 0; round < rounds; round++) {
            plain.add(loop.throughput(toPlain, seconds));
            adaptive.resume();
            adapting.add(loop.throughput(toAdaptive, seconds));
            adaptive.pause();
        }
        Sample before = new Sample(plain);
        Sample now = new Sample(adapting);
        Sample ratios = now.over(before);
        System.out.println("| requests/s at full load | plain | tta4j, background | ratio | quartiles | at least |");
        System.out.println("| --- | ---: | ---: | ---: | ---: | ---: |");
        System.out.printf(
                Locale.ROOT,
                "| median | %.0f | %.0f | %.3f | %.3f .. %.3f | %.2f |%n%n%d steps meanwhile%n",
                before.median(),
                now.median(),
                now.median() / before.median(),
                ratios.quantile(0.25),
                ratios.quantile(0.75),
                1 - budget,
                steps.get());
    }
}
