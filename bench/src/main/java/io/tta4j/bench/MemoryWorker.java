package io.tta4j.bench;

import io.tta4j.AdaptiveModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The tta4j side of {@link Memory}, in a process of its own. Its arguments are the file, the rows of a batch, threads
 * and {@code rowsPerPass}. Reads commands from standard input, one a line, and answers each with one number:
 *
 * <ul>
 *   <li>{@code serve} answers one sample at the source state, {@code serve-adapted} at another: then the sessions that
 *       adapt are there
 *   <li>{@code step} answers a batch and takes a step of SAR with every sample reliable
 *   <li>{@code resident}, {@code heap} and {@code direct} answer bytes: the resident set, live Java objects, and direct
 *       buffers; {@code trim} makes the C library give back what it keeps of freed memory
 *   <li>{@code reset-peak}, and then {@code peak}, answer the largest resident set since
 * </ul>
 */
public final class MemoryWorker {

    private static final Path SELF = Path.of("/proc/self");

    private final OnnxModel model;
    private final AdaptiveModel sar;
    private final Batch one;
    private final Batch many;
    private final Vector moved;

    private MemoryWorker(OnnxModel model, int rows) {
        this.model = model;
        this.sar = AdaptiveModel.of(model, new FixedShareSar(1));
        this.one = Images.random(model, 1, 0);
        this.many = Images.random(model, rows, 0);
        this.moved = model.source().times(1.01f);
    }

    /** Answers with what the process has before the model, loads that, and serves commands until there are no more. */
    public static void main(String[] arguments) throws IOException {
        int threads = Integer.parseInt(arguments[2]);
        OnnxOptions options = OnnxOptions.custom()
                .intraOpThreads(threads)
                .rowsPerPass(Integer.parseInt(arguments[3]))
                .build();
        // Classes and native libraries are not the model's.
        try (OnnxModel demo = OnnxModel.load(Launch.root().resolve(StepBenchmark.DEMO), options)) {
            MemoryWorker worker = new MemoryWorker(demo, 2);
            worker.answer("serve");
            worker.answer("step");
        }
        heap();
        trim();
        System.out.println(resident());
        try (OnnxModel model = OnnxModel.load(Path.of(arguments[0]), options)) {
            MemoryWorker worker = new MemoryWorker(model, Integer.parseInt(arguments[1]));
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                System.out.println(worker.answer(command));
            }
        }
    }

    private long answer(String command) throws IOException {
        return switch (command) {
            case "serve" -> serve(model.source());
            case "serve-adapted" -> serve(moved);
            case "step" -> sar.predict(many).logits().rows();
            case "resident" -> resident();
            case "trim" -> trim();
            case "heap" -> heap();
            case "direct" -> direct();
            case "peak" -> status("VmHWM");
            case "reset-peak" -> {
                Files.writeString(SELF.resolve("clear_refs"), "5");
                yield 0;
            }
            default -> throw new IllegalArgumentException("no command is called '" + command + "'");
        };
    }

    private long serve(Vector theta) {
        try (Pass pass = model.serve(one, theta)) {
            return pass.rows();
        }
    }

    private static long resident() throws IOException {
        heap();
        return status("VmRSS");
    }

    /** What is left of the heap after a collection. */
    @SuppressWarnings("GarbageCollection")
    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long trim() {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            null,
                            null);
            return 0;
        } catch (JMException e) {
            throw new IllegalStateException("the JVM must be able to trim the native heap, as 17.0.9 is", e);
        }
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static long status(String field) throws IOException {
        return Files.readAllLines(SELF.resolve("status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("/proc/self/status must tell " + field));
    }
}
