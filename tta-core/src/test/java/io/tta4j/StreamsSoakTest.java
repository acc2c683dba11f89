package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tta4j.event.RuntimeEvent;
import io.tta4j.guard.GuardConfig;
import io.tta4j.guard.Guards;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.onnx.BatchNormNetwork;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.graph.TestGraph;
import io.tta4j.snapshot.SnapshotStore;
import io.tta4j.snapshot.UnforcedDirectory;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A million requests of many streams to a small network, in the background: drifts, steps, resets, streams that leave,
 * come back and are removed. Heap, resident memory, threads and open files must stay flat. Runs with {@code mvn -Psoak
 * verify}, over a heap that is allocated from the start.
 */
@Tag("soak")
class StreamsSoakTest {

    private static final int REQUESTS = 1_000_000;
    private static final int EVERY = 50_000;
    private static final int WARM_UP = 400_000;
    private static final int STREAMS = 1000;

    /** Room for a few hundred streams. */
    private static final long BYTES = 500_000;

    private static final long MEGABYTE = 1 << 20;
    private static final long ALLOWED_HEAP = 4 * MEGABYTE;
    private static final long ALLOWED_RESIDENT = 8 * MEGABYTE;

    /** Steps along the gradient of the first logit, on statistics that move, and resets itself where it went far. */
    private static final class Descending implements Method {

        @Override
        public String name() {
            return "descending";
        }

        @Override
        public Statistics statistics() {
            return Statistics.moving(50);
        }

        @Override
        public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
            int rows = pass.rows();
            float[] seed = new float[rows * model.classes()];
            for (int row = 0; row < rows; row++) {
                seed[row * model.classes()] = 1f / rows;
            }
            Vector theta = state.theta().plus(-0.05f, pass.pullback(Matrix.of(rows, model.classes(), seed)));
            boolean reset = theta.minus(model.source()).norm() > 3;
            return new Adaptation(
                    reset ? initial(model) : state.withTheta(theta),
                    new StepReport(rows, rows, rows, OptionalDouble.empty(), reset));
        }
    }

    private record Figures(long heap, long resident, int threads, int files) {

        static Figures now() throws IOException {
            System.gc();
            return new Figures(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    residentBytes(),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    Objects.requireNonNull(new File("/proc/self/fd").list()).length);
        }

        private static long residentBytes() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public String toString() {
            return "%d kB heap, %d MB resident, %d threads, %d files"
                    .formatted(heap / 1024, resident / MEGABYTE, threads, files);
        }
    }

    @Test
    void aMillionRequestsLeaveNothingBehind(@TempDir Path root) throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "skipped: resident memory is read from /proc");
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        RuntimeConfig config = RuntimeConfig.custom()
                .execution(Execution.BACKGROUND)
                .adaptationBatch(8)
                .greatestAge(Duration.ofMillis(200))
                .budget(Budget.share(1))
                .patience(Duration.ofMillis(1))
                .pendingBytes(8 * MEGABYTE)
                .streamBytes(BYTES)
                .saveInterval(Duration.ofSeconds(2))
                .build();
        // Most streams are short: what the source is like is known after a few of their requests.
        Guards guards = Guards.of(GuardConfig.custom()
                .driftGate(true)
                .gateWindow(32)
                .gateRunLength(100)
                .build());
        List<Figures> figures = new ArrayList<>();
        AtomicLong evicted = new AtomicLong();
        AtomicLong restored = new AtomicLong();
        AtomicLong adapted = new AtomicLong();
        AtomicLong resets = new AtomicLong();
        AtomicLong wrong = new AtomicLong();
        try (OnnxModel onnx = network.load(BatchNormNetwork.EPSILON);
                SnapshotStore directory = UnforcedDirectory.open(root);
                AdaptiveModel adaptive = AdaptiveModel.builder(onnx, new Descending())
                        .guards(guards)
                        .config(config)
                        .store(directory)
                        .build()) {
            adaptive.events().on(RuntimeEvent.Evicted.class, event -> evicted.incrementAndGet());
            adaptive.events().on(RuntimeEvent.Restored.class, event -> restored.incrementAndGet());
            adaptive.events().on(RuntimeEvent.Adapted.class, event -> adapted.incrementAndGet());
            adaptive.events().on(RuntimeEvent.Reset.class, event -> resets.incrementAndGet());
            adaptive.events().on(RuntimeEvent.Failed.class, event -> wrong.incrementAndGet());
            adaptive.events().on(RuntimeEvent.StoreFailed.class, event -> wrong.incrementAndGet());
            Random random = new Random(1);
            List<List<Batch>> batches = new ArrayList<>();
            for (int drift = 0; drift < 4; drift++) {
                batches.add(batches(network, random, drift));
            }
            for (int request = 1; request <= REQUESTS; request++) {
                // A few streams have most of the requests.
                String key = "stream " + (int) (STREAMS * Math.pow(random.nextDouble(), 6));
                List<Batch> now = batches.get(request / 20_000 % batches.size());
                adaptive.stream(key).predict(now.get(random.nextInt(now.size())));
                if (request % 1000 == 0) {
                    adaptive.stream(key).reset();
                } else if (request % 1000 == 500) {
                    adaptive.removeStream(key);
                }
                if (request % EVERY == 0) {
                    adaptive.flush();
                    figures.add(Figures.now());
                    assertThat(adaptive.streamBytes()).isLessThanOrEqualTo(BYTES);
                }
            }
        }
        System.out.printf(
                "soak, streams: %d steps, %d resets, %d evictions, %d restores; every %d requests:%n",
                adapted.get(), resets.get(), evicted.get(), restored.get(), EVERY);
        figures.forEach(each -> System.out.println("  " + each));
        assertThat(wrong.get()).isZero();
        assertThat(evicted.get()).isGreaterThan(REQUESTS / 100);
        assertThat(restored.get()).isGreaterThan(REQUESTS / 100);
        assertThat(adapted.get()).isGreaterThan(REQUESTS / 1000);
        assertThat(resets.get()).isGreaterThanOrEqualTo(REQUESTS / 1000);
        Figures first = figures.get(WARM_UP / EVERY - 1);
        Figures last = figures.get(figures.size() - 1);
        assertThat(last.heap() - first.heap()).isLessThan(ALLOWED_HEAP);
        // Allocators give back and take again: what counts is where they have been before.
        long before = figures.subList(0, WARM_UP / EVERY).stream()
                .mapToLong(Figures::resident)
                .max()
                .orElseThrow();
        assertThat(last.resident() - before).isLessThan(ALLOWED_RESIDENT);
        assertThat(last.threads()).isLessThanOrEqualTo(first.threads());
        assertThat(last.files()).isLessThanOrEqualTo(first.files() + 1);
    }

    /** Of one to four rows, shifted by the drift. */
    private static List<Batch> batches(BatchNormNetwork network, Random random, int drift) {
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            float[] x = TestGraph.normal(random, (1 + i % 4) * BatchNormNetwork.CHANNELS * network.positions);
            for (int j = 0; j < x.length; j++) {
                x[j] = x[j] * (1 + 0.5f * drift) + drift;
            }
            batches.add(network.batch(x));
        }
        return batches;
    }
}
