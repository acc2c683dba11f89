package io.tta4j.predictor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 20,000 requests of 1 to 16 samples after as many as it takes to warm up, each of which leads to a step: resident
 * memory stays flat, and DJL's system manager ends with as many arrays as it began with. Runs with {@code mvn -Psoak
 * verify}.
 */
@Tag("soak")
class PredictorMemorySoakTest {

    private static final int REQUESTS = 30_000;
    private static final int EVERY = 1_000;
    private static final int LARGEST = 16;
    private static final long MEGABYTE = 1 << 20;

    /** Until here allocators grow to the largest batch and the compiler compiles. */
    private static final int WARM_UP = 10_000;

    private static final long ALLOWED_GROWTH = 8 * MEGABYTE;

    /** Samples of this shape from a row of values, all within the request. */
    private record SampleTranslator(Shape sample) implements NoBatchifyTranslator<float[], float[]> {

        @Override
        public NDList processInput(TranslatorContext context, float[] input) {
            return new NDList(
                    context.getNDManager().create(input, new Shape(input.length / sample.size()).addAll(sample)));
        }

        @Override
        public float[] processOutput(TranslatorContext context, NDList list) {
            return list.singletonOrThrow().softmax(1).toFloatArray();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PyTorch", "OnnxRuntime"})
    void residentMemoryIsFlat(String engine, @TempDir Path folder) throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "skipped: resident memory is read from /proc");
        boolean torch = engine.equals("PyTorch");
        Shape sample = torch ? new Shape(2, 6, 6) : new Shape(Networks.FEATURES);
        Criteria<float[], float[]> criteria = Criteria.builder()
                .setTypes(float[].class, float[].class)
                .optModelPath(torch ? Networks.torchScript("small.pt") : Networks.softmax(folder))
                .optEngine(engine)
                .optTranslator(new SampleTranslator(sample))
                .build();
        List<Long> resident = new ArrayList<>();
        try (NDManager any = NDManager.newBaseManager("PyTorch")) {
            NDManager system = any.getParentManager();
            int before = system.getManagedArrays().size();
            try (AdaptivePredictor<float[], float[]> predictor = AdaptivePredictor.of(criteria, new Descent(1e-4f))) {
                int held = 0;
                for (int request = 1; request <= REQUESTS; request++) {
                    int rows = 1 + request % LARGEST;
                    predictor.predict(Networks.values(request, rows * Math.toIntExact(sample.size())));
                    held = request == EVERY ? system.getManagedArrays().size() : held;
                    if (request % EVERY == 0) {
                        resident.add(residentBytes());
                        assertThat(system.getManagedArrays()).hasSize(held);
                    }
                }
                assertThat(predictor.adaptiveModel().counters().steps()).isEqualTo(REQUESTS);
            }
            assertThat(system.getManagedArrays()).hasSize(before);
        }
        long growth = resident.get(resident.size() - 1) - resident.get(WARM_UP / EVERY - 1);
        System.out.printf(
                "soak, %s: resident MB every %d requests: %s; growth after %d: %.1f MB%n",
                engine,
                EVERY,
                resident.stream().map(bytes -> bytes / MEGABYTE).toList(),
                WARM_UP,
                (double) growth / MEGABYTE);
        assertThat(growth).isLessThan(ALLOWED_GROWTH);
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
