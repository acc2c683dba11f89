package io.tta4j.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import io.tta4j.engine.RandomSamples;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 20,000 requests of 1 to 16 samples in a row, each with the passes of a SAR step over however many rows: resident
 * memory stays flat, and DJL's system manager ends with as many arrays as it began with. Runs with {@code mvn -Psoak
 * verify}, over a heap that is allocated from the start.
 */
@Tag("soak")
class DjlMemorySoakTest {

    private static final int REQUESTS = 20_000;
    private static final int EVERY = 1_000;
    private static final int LARGEST = 16;
    private static final long MEGABYTE = 1 << 20;

    /** Until here allocators grow to the largest batch and the compiler compiles. */
    private static final int WARM_UP = 5_000;

    private static final long ALLOWED_GROWTH = 8 * MEGABYTE;

    @ParameterizedTest
    @ValueSource(strings = {"small.pt", "theta.pt"})
    void residentMemoryIsFlat(String file) throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "skipped: resident memory is read from /proc");
        List<Long> resident = new ArrayList<>();
        try (NDManager any = NDManager.newBaseManager("PyTorch")) {
            NDManager system = any.getParentManager();
            int before = system.getManagedArrays().size();
            try (DjlModel model = Modules.load(file)) {
                List<Batch> batches = IntStream.rangeClosed(1, LARGEST)
                        .mapToObj(rows -> RandomSamples.of(model.inputs(), rows))
                        .toList();
                SplittableRandom random = new SplittableRandom(1);
                Vector theta = model.source();
                int held = 0;
                for (int request = 1; request <= REQUESTS; request++) {
                    Batch batch = batches.get(random.nextInt(batches.size()));
                    theta = model.source()
                            .plus(0.1f, step(model, batch, theta, random).times(1e-3f));
                    if (request == EVERY) {
                        held = system.getManagedArrays().size();
                    }
                    if (request % EVERY == 0) {
                        resident.add(residentBytes());
                        assertThat(system.getManagedArrays()).hasSize(held);
                    }
                }
            }
            assertThat(system.getManagedArrays()).hasSize(before);
        }
        List<Long> afterWarmUp = resident.subList(WARM_UP / EVERY - 1, resident.size());
        long growth = afterWarmUp.get(afterWarmUp.size() - 1) - afterWarmUp.get(0);
        System.out.printf(
                "soak, %s: resident MB every %d requests: %s; growth after %d: %.1f MB%n",
                file,
                EVERY,
                resident.stream().map(bytes -> bytes / MEGABYTE).toList(),
                WARM_UP,
                (double) growth / MEGABYTE);
        assertThat(growth).isLessThan(ALLOWED_GROWTH);
    }

    /** An answer, a gradient over some rows, and one over some of these elsewhere. */
    private static Vector step(DjlModel model, Batch batch, Vector theta, SplittableRandom random) {
        try (Pass pass = model.forward(batch, theta)) {
            int[] rows = IntStream.range(0, pass.rows())
                    .filter(row -> random.nextInt(3) > 0)
                    .toArray();
            if (rows.length == 0) {
                model.serve(batch, theta).close();
                return Vector.zeros(theta.size());
            }
            float[] seed = new float[pass.rows() * model.classes()];
            for (int row : rows) {
                System.arraycopy(pass.logits().row(row), 0, seed, row * model.classes(), model.classes());
            }
            Vector gradient = pass.pullback(Matrix.of(pass.rows(), model.classes(), seed));
            pass.freeActivations();
            try (Pass ahead = pass.repeat(theta.plus(0.01f, gradient.times((float) (1 / gradient.norm()))), rows)) {
                return random.nextInt(20) == 0
                        ? Vector.of(ahead.samplePullback(ahead.logits()).row(0))
                        : ahead.pullback(ahead.logits());
            }
        }
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
