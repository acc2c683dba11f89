package io.tta4j.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.tta4j.AdaptiveModel;
import io.tta4j.engine.Engine;
import io.tta4j.engine.Engines;
import io.tta4j.engine.Features;
import io.tta4j.engine.LoadOptions;
import io.tta4j.method.Methods;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Runs tta4j, plain ONNX Runtime (for an ONNX file) and PyTorch side by side on the same network and the same batches.
 * In every round each contestant runs once, in an order drawn anew, and only one of them computes at a time: the
 * machine's moods fall on all of them, and ratios of one round's times cancel them.
 */
@Command(
        name = "bench/compare",
        mixinStandardHelpOptions = true,
        description = "Times tta4j, plain ONNX Runtime and PyTorch on one network, interleaved, and prints ratios.",
        showDefaultValues = true)
public final class Compare implements Callable<Integer> {

    @Parameters(
            paramLabel = "MODEL",
            description =
                    "An ONNX or TorchScript file that tools/bench/export_models.py wrote, under the name it gave it;"
                            + " or any TorchScript file, which PyTorch then runs as it is.")
    private Path model = Path.of("");

    @Option(names = "--pairs", paramLabel = "N", description = "Rounds.")
    private int pairs = 50;

    @Option(names = "--batch", paramLabel = "N", description = "Samples a batch.")
    private int batch = 16;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of each contestant.")
    private int threads = 2;

    @Option(names = "--shares", split = ",", description = "Shares of reliable samples.")
    private List<Double> shares = List.of(0.0, 0.5, 1.0);

    @Option(names = "--layouts", split = ",", description = "PyTorch's memory layouts; 'none' leaves PyTorch out.")
    private List<String> layouts = List.of("contiguous", "channels_last");

    @Option(names = "--python", paramLabel = "FILE", description = "A Python with torch and timm.")
    private String python = "python3";

    @Option(names = "--batches", paramLabel = "N", description = "Batches that the rounds take turns on.")
    private int batchCount = 4;

    @Option(names = "--pause", paramLabel = "MS", description = "Between two runs, for spinning threads to end.")
    private int pause = 50;

    @Option(names = "--raw", paramLabel = "FILE", description = "Where to write all times, as CSV.")
    private @Nullable Path raw;

    private final List<Contestant> contestants = new ArrayList<>();
    private final List<Batch> batches = new ArrayList<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<String> versions = new ArrayList<>();

    private Compare() {}

    /** Runs the comparison and ends the process. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Compare()).execute(arguments));
    }

    /** Something to be timed here. */
    @FunctionalInterface
    private interface Run {
        void on(Batch batch) throws OrtException;
    }

    @Override
    public Integer call() throws Exception {
        Path scratch = Files.createTempDirectory("tta4j-compare");
        try {
            Path images = scratch.resolve("batches");
            AdaptableModel adaptable = enterJava(images);
            versions.add("Java " + Runtime.version());
            for (String layout : layouts) {
                if (!layout.equals("none")) {
                    enterPyTorch(layout, images, adaptable, scratch.resolve("logits"));
                }
            }
            Times times = Contestant.race(contestants, pairs, batchCount, pause);
            if (raw != null) {
                times.write(raw);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%n%s, batch %d, %d threads, %d rounds; %s; %d cores, load %.1f%n%n",
                    model.getFileName(),
                    batch,
                    threads,
                    pairs,
                    String.join(", ", versions),
                    Runtime.getRuntime().availableProcessors(),
                    ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            times.print(System.out);
            Ratio.print(System.out, Ratio.all(String.valueOf(model.getFileName()), shares, times.names()), times);
            return 0;
        } finally {
            while (!open.isEmpty()) {
                open.pop().close();
            }
            try (Stream<Path> files = Files.list(scratch)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(scratch);
        }
    }

    private AdaptableModel enterJava(Path images) throws OrtException, IOException {
        Engine engine = Engines.of(model);
        AdaptableModel adaptable = opened(engine.load(
                model, new LoadOptions("cpu", threads, Map.of(), Optional.empty(), false, 0, Features.NONE)));
        IntStream.range(0, batchCount).forEach(i -> batches.add(Images.random(adaptable, batch, i)));
        write(images);

        versions.add("tta4j's engine " + engine.name());
        if (engine.name().equals("onnx")) {
            enter(Names.PLAIN, opened(PlainSession.open(model, threads, true))::run);
            enter(Names.UNSPUN, opened(PlainSession.open(model, threads, false))::run);
            versions.add("ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion());
        }
        Vector moved = adaptable.source().times(1.01f);
        enter(Names.DISABLED, AdaptiveModel.of(adaptable, Methods.source())::predict);
        enter(Names.SOURCE, request -> serve(adaptable, request, adaptable.source()));
        enter(Names.SERVE, request -> serve(adaptable, request, moved));
        for (double share : shares) {
            enter(Names.step(share), AdaptiveModel.of(adaptable, new FixedShareSar(share))::predict);
        }
        return adaptable;
    }

    private static Matrix serve(AdaptableModel adaptable, Batch request, Vector theta) {
        try (Pass pass = adaptable.serve(request, theta)) {
            return pass.logits();
        }
    }

    private void enter(String name, Run run) {
        contestants.add(new Contestant(name, index -> {
            long start = System.nanoTime();
            run.on(batches.get(index));
            return (System.nanoTime() - start) * 1e-9;
        }));
    }

    private void enterPyTorch(String layout, Path images, AdaptableModel adaptable, Path scratch) throws IOException {
        String trainable = "";
        Worker worker;
        try {
            worker = pyTorch(layout, images, "norms");
        } catch (Worker.Died e) {
            System.out.printf(
                    "PyTorch (%s) cannot take a step with gradients for norm parameters only: %s%n",
                    layout, e.getMessage());
            trainable = Names.ALL_TRAINABLE;
            worker = pyTorch(layout, images, "all");
        }
        opened(worker);
        if (!versions.contains(worker.greeting())) {
            versions.add(worker.greeting());
        }
        System.out.printf(
                Locale.ROOT,
                "logits of PyTorch (%s) and tta4j differ by %.1e of their norm%n",
                layout,
                difference(worker, adaptable, scratch));
        enter(Names.pyTorch(layout, "forward"), worker, "forward ");
        for (double share : shares) {
            // Of no samples there is no mean to descend along.
            if (share > 0) {
                enter(Names.pyTorch(layout, Names.share(share)) + trainable, worker, "step " + share + " ");
            }
        }
    }

    private Worker pyTorch(String layout, Path images, String trainable) throws IOException {
        Worker worker = Worker.pyTorch(python, model, images, inputShape(), threads, layout, trainable);
        worker.ask("step 1 0");
        return worker;
    }

    private List<Long> inputShape() {
        return batches.get(0).inputs().values().stream()
                .map(tensor -> LongStream.of(tensor.shape()).boxed().toList())
                .findFirst()
                .orElseThrow();
    }

    private void enter(String name, Worker worker, String command) {
        contestants.add(new Contestant(name, index -> worker.ask(command + index)));
    }

    private double difference(Worker worker, AdaptableModel adaptable, Path scratch) throws IOException {
        worker.ask("logits 0 " + scratch);
        float[] ours = serve(adaptable, batches.get(0), adaptable.source()).toArray();
        ByteBuffer theirs = ByteBuffer.wrap(Files.readAllBytes(scratch)).order(ByteOrder.LITTLE_ENDIAN);
        double difference = 0;
        double norm = 0;
        for (float value : ours) {
            double other = theirs.getFloat();
            difference += (value - other) * (value - other);
            norm += other * other;
        }
        return Math.sqrt(difference / norm);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    /** Java is big-endian where it writes, but direct buffers are native: little-endian wherever ONNX Runtime runs. */
    private void write(Path images) throws IOException {
        try (FileChannel channel = FileChannel.open(images, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (Batch each : batches) {
                ByteBuffer data = each.inputs().values().stream()
                        .map(Tensor::data)
                        .findFirst()
                        .orElseThrow();
                while (data.hasRemaining()) {
                    channel.write(data);
                }
            }
        }
    }
}
