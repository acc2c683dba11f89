package io.tta4j.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What a step of SAR needs beyond the loaded model, here and in PyTorch, and what the loaded model needs. Each
 * measurement has a process of its own. Needs Linux: memory is what {@code /proc/self/status} says.
 */
@Command(
        name = "bench/memory",
        mixinStandardHelpOptions = true,
        description = "Measures the resident memory of tta4j and of PyTorch: weights, and a step of SAR.",
        showDefaultValues = true)
public final class Memory implements Callable<Integer> {

    private static final double MB = 1 << 20;

    /** The heap is kept as small as its contents: free heap is nobody's weights. */
    private static final List<String> SMALL_HEAP =
            List.of("-XX:+UseSerialGC", "-XX:MinHeapFreeRatio=5", "-XX:MaxHeapFreeRatio=10");

    private static final int STEPS = 2;

    @Parameters(
            paramLabel = "MODEL",
            description = "A file that tools/bench/export_models.py wrote, under the name it gave it.")
    private Path model = Path.of("");

    @Option(names = "--batch", paramLabel = "N", description = "Samples a batch.")
    private int batch = 16;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of either.")
    private int threads = 2;

    @Option(names = "--rows-per-pass", paramLabel = "N", description = "The bound that is measured beside none.")
    private int rowsPerPass = 4;

    @Option(names = "--python", paramLabel = "FILE", description = "A Python with torch and timm; 'none': without.")
    private String python = "python3";

    private Memory() {}

    /** Measures and ends the process. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Memory()).execute(arguments));
    }

    /**
     * What tta4j needs, in bytes.
     *
     * @param serving after the first answer at the source state, over the process without a model
     * @param adapting after the first answer at another state
     * @param step the peak of some steps, over adapting
     */
    private record Figures(Resident serving, Resident adapting, double step) {}

    /**
     * Resident bytes, less those that the C library keeps of freed memory; and of these live Java objects and direct
     * buffers.
     */
    private record Resident(double total, double kept, double heap, double direct) {

        double sessions() {
            return total - heap - direct;
        }
    }

    @Override
    public Integer call() throws IOException {
        double file = Files.size(model);
        Figures whole = measure(0);
        Figures sliced = measure(rowsPerPass);
        double reference = python.equals("none") ? Double.NaN : pyTorch();

        System.out.printf(
                Locale.ROOT, "%s, %.1f MB, batch %d, %d threads%n%n", model.getFileName(), file / MB, batch, threads);
        System.out.println("| a step of SAR, over the loaded model | MB | of PyTorch's |");
        System.out.println("| --- | ---: | ---: |");
        step("PyTorch", reference, reference);
        step("tta4j", whole.step(), reference);
        step("tta4j, rowsPerPass=" + rowsPerPass, sliced.step(), reference);
        System.out.println();
        System.out.println("| resident weights, over a process without model | MB | of the file | Java objects, MB |"
                + " direct buffers, MB | ONNX Runtime's sessions, MB | kept free by the C library, MB |");
        System.out.println("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        resident("serving", whole.serving(), file);
        resident("adapting", whole.adapting(), file);
        resident("adapting, rowsPerPass=" + rowsPerPass, sliced.adapting(), file);
        return 0;
    }

    private static void step(String what, double bytes, double reference) {
        System.out.printf(Locale.ROOT, "| %s | %.0f | %.2f |%n", what, bytes / MB, bytes / reference);
    }

    private static void resident(String what, Resident resident, double file) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.0f | %.2f | %.0f | %.0f | %.0f | + %.0f |%n",
                what,
                resident.total() / MB,
                resident.total() / file,
                resident.heap() / MB,
                resident.direct() / MB,
                resident.sessions() / MB,
                resident.kept() / MB);
    }

    private Figures measure(int slices) throws IOException {
        List<String> arguments =
                List.of(model.toString(), Integer.toString(batch), Integer.toString(threads), Integer.toString(slices));
        try (Worker worker = Worker.java(SMALL_HEAP, MemoryWorker.class, arguments)) {
            double empty = Double.parseDouble(worker.greeting());
            worker.ask("serve");
            Resident serving = resident(worker, empty);
            worker.ask("serve-adapted");
            Resident adapting = resident(worker, empty);
            return new Figures(serving, adapting, peak(worker, "step") - adapting.total() - empty);
        }
    }

    private static Resident resident(Worker worker, double empty) throws IOException {
        double untrimmed = worker.ask("resident");
        worker.ask("trim");
        double total = worker.ask("resident");
        return new Resident(total - empty, untrimmed - total, worker.ask("heap"), worker.ask("direct"));
    }

    /** The largest resident set of some steps. */
    private static double peak(Worker worker, String step) throws IOException {
        worker.ask("reset-peak");
        for (int i = 0; i < STEPS; i++) {
            worker.ask(step);
        }
        return worker.ask("peak");
    }

    private double pyTorch() throws IOException {
        Path images = Files.createTempFile("tta4j-memory", null);
        try {
            float[] values = Images.normal(batch * 3L * 224 * 224, 0);
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            Files.write(images, bytes.array());
            try (Worker worker = Worker.pyTorch(
                    python, model, images, List.of((long) batch, 3L, 224L, 224L), threads, "contiguous", "norms")) {
                worker.ask("forward-one");
                worker.ask("trim");
                double loaded = worker.ask("resident");
                return peak(worker, "step 1 0") - loaded;
            }
        } finally {
            Files.delete(images);
        }
    }
}
