package io.tta4j.stream.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.Methods;
import io.tta4j.method.Settings;
import io.tta4j.model.Batch;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import io.tta4j.stream.demo.TexturedShapes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * 20,000 requests of 1 to 16 images in a row, each with a SAR step over however many of them are reliable: resident
 * memory must stay flat. Runs with {@code mvn -Psoak verify}, over a heap that is allocated from the start.
 */
@Tag("soak")
class MemorySoakTest {

    private static final int REQUESTS = 20_000;
    private static final int EVERY = 1_000;
    private static final int LARGEST = 16;
    private static final long MEGABYTE = 1 << 20;

    /** Until here arenas grow to the largest batch and the compiler compiles. */
    private static final int WARM_UP = 5_000;

    private static final long ALLOWED_GROWTH = 8 * MEGABYTE;

    @Test
    void residentMemoryIsFlat() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "skipped: resident memory is read from /proc");
        List<Long> resident = new ArrayList<>();
        try (OnnxModel model = OnnxModel.load(demoModel(), "demo", OnnxOptions.ofDefaults())) {
            var provider = Methods.named("sar");
            // Steps too small to change what is reliable: from none to all of the batch, whatever came before.
            AdaptiveModel adaptive = AdaptiveModel.of(
                    model,
                    provider.create(Settings.of(provider, Map.of("learningRate", "1e-6", "resetThreshold", "0"))));
            List<Batch> batches = batches();
            SplittableRandom random = new SplittableRandom(1);
            for (int request = 1; request <= REQUESTS; request++) {
                adaptive.predict(batches.get(random.nextInt(batches.size())));
                if (request % EVERY == 0) {
                    resident.add(residentBytes());
                }
            }
            assertThat(adaptive.counters().requests()).isEqualTo(REQUESTS);
            assertThat(adaptive.counters().steps()).isGreaterThan(REQUESTS / 2);
            assertThat(adaptive.counters().rejected()).isZero();
        }
        List<Long> afterWarmUp = resident.subList(WARM_UP / EVERY - 1, resident.size());
        long growth = afterWarmUp.get(afterWarmUp.size() - 1) - afterWarmUp.get(0);
        System.out.printf(
                "soak: resident MB every %d requests: %s; growth after %d: %.1f MB%n",
                EVERY, resident.stream().map(bytes -> bytes / MEGABYTE).toList(), WARM_UP, (double) growth / MEGABYTE);
        assertThat(growth).isLessThan(ALLOWED_GROWTH);
    }

    /** A few batches of every size, of noisy images that leave the network more or less sure. */
    private static List<Batch> batches() {
        int pixels = 3 * TexturedShapes.SIZE * TexturedShapes.SIZE;
        SplittableRandom random = new SplittableRandom(2);
        List<Batch> batches = new ArrayList<>();
        for (int rows = 1; rows <= LARGEST; rows++) {
            for (int variant = 0; variant < 4; variant++) {
                float[] values = new float[rows * pixels];
                for (int row = 0; row < rows; row++) {
                    byte[] image = TexturedShapes.image(TexturedShapes.TUNING_SEED, batches.size() * LARGEST + row);
                    for (int i = 0; i < pixels; i++) {
                        int channel = i / (pixels / 3);
                        int place = i % (pixels / 3);
                        double noise = 0.2 * variant * (random.nextDouble() - 0.5);
                        values[row * pixels + i] = (float) ((image[place * 3 + channel] & 0xff) / 255.0 + noise);
                    }
                }
                batches.add(Batch.of("image", Tensor.of(values, rows, 3, TexturedShapes.SIZE, TexturedShapes.SIZE)));
            }
        }
        return batches;
    }

    private static byte[] demoModel() throws IOException {
        try (InputStream stream = TexturedShapes.class.getResourceAsStream("textured-shapes-resnet-gn.onnx")) {
            return stream.readAllBytes();
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
