package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.csfa.prototype.PrototypeFile;
import io.tta4j.method.SourceSurvey;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrototypeSurveyTest {

    private static final int SAMPLES = 400;

    @TempDir
    private Path folder;

    private final FeatureModel model = Clouds.model();

    private static SourceSurvey survey() {
        return ServiceLoader.load(SourceSurvey.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(survey -> survey.name().equals("prototypes"))
                .findFirst()
                .orElseThrow();
    }

    private void add(SourceSurvey.Findings findings, Matrix features, int... labels) {
        try (Pass pass = model.serve(FeatureModel.batch(features), model.source())) {
            findings.add(pass, labels);
        }
    }

    /** Of the samples that {@link Clouds#prototypes} are of, in batches. */
    @Test
    void writesWhatItHasSeen() throws IOException {
        Matrix features = Clouds.features(77, Clouds.base(SAMPLES));
        SourceSurvey.Findings findings = survey().begin(model, List.of("cat", "dog"));
        for (int from = 0; from < SAMPLES; from += 64) {
            int[] rows = IntStream.range(from, Math.min(from + 64, SAMPLES)).toArray();
            add(
                    findings,
                    features.select(rows),
                    Arrays.stream(rows).map(row -> row % 2).toArray());
        }
        Path file = folder.resolve("p.safetensors");

        try (OutputStream out = Files.newOutputStream(file)) {
            findings.writeTo(out);
        }

        assertThat(PrototypeFile.read(file)).isEqualTo(Clouds.prototypes());
    }

    @Test
    void writesNothingWhereAClassIsMissing() {
        SourceSurvey.Findings findings = survey().begin(model, List.of("cat", "dog"));
        add(findings, Clouds.features(1, Clouds.CAT), 0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> findings.writeTo(out))
                .withMessageContaining("had none of 'dog'");
        assertThat(out.size()).isZero();
    }
}
