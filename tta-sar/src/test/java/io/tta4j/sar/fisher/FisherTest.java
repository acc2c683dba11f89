package io.tta4j.sar.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.method.SourceSurvey;
import io.tta4j.method.SourceSurveys;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.LinearModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FisherTest {

    private final LinearModel model = LinearModel.of(2, "norm");

    @TempDir
    private Path folder;

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("f.safetensors"), bytes);
    }

    private static byte[] bytes(Fisher fisher) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        fisher.write(out);
        return out.toByteArray();
    }

    private void add(SourceSurvey.Findings findings, float[]... logits) {
        try (Pass pass = model.forward(LinearModel.batch(logits), model.source())) {
            findings.add(pass);
        }
    }

    /**
     * By hand: logits (d, 0) predict the first class with p = sigmoid(d); the gradient of -log p over scales and shifts
     * is (1 - p) (-d, 0, -1, 1). Batches are squared, then averaged.
     */
    @Test
    void theSurveyAveragesSquaredGradientsOfBatches() throws IOException {
        SourceSurvey survey = SourceSurveys.named("fisher");
        SourceSurvey.Findings findings = survey.begin(model, List.of());
        add(findings, new float[] {1, 0}, new float[] {3, 0});
        add(findings, new float[] {2, 0});
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        findings.writeTo(out);

        Vector diagonal = Fisher.read(write(out.toByteArray())).over(model.layout());

        assertThat(survey.wantsLabels()).isFalse();
        assertThat(survey.pullsBack()).isTrue();
        double both = (q(1) + q(3)) / 2;
        double scales = (q(1) + 3 * q(3)) / 2;
        assertThat(diagonal.get(0)).isCloseTo((float) ((scales * scales + 4 * q(2) * q(2)) / 2), within(1e-6f));
        assertThat(diagonal.get(1)).isZero();
        assertThat(diagonal.get(2)).isCloseTo((float) ((both * both + q(2) * q(2)) / 2), within(1e-6f));
        assertThat(diagonal.get(3)).isEqualTo(diagonal.get(2));
    }

    private static double q(double d) {
        return 1 / (1 + Math.exp(d));
    }

    @Test
    void nothingSeenIsRefused() {
        SourceSurvey.Findings findings = new FisherSurvey().begin(model, List.of());

        assertThatThrownBy(() -> findings.writeTo(new ByteArrayOutputStream()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("source data must have at least one batch, but had none");
    }

    @Test
    void dataThatIsNotFiniteIsRefused() {
        SourceSurvey.Findings findings = new FisherSurvey().begin(model, List.of());

        assertThatThrownBy(() -> add(findings, new float[] {Float.NaN, 0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be finite, but in batch 1 some were not");
    }

    @Test
    void aFileGivesBackTheBits() throws IOException {
        Fisher fisher = Fisher.of(model.layout(), Vector.of(Float.MIN_VALUE, 0, 1e30f, 0.1f));

        assertThat(Fisher.read(write(bytes(fisher)))).isEqualTo(fisher);
        assertThat(fisher.parts()).containsOnlyKeys("norm.weight", "norm.bias");
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, Float.NaN, Float.POSITIVE_INFINITY})
    void aValueThatNoSquareHasIsRefused(float value) throws IOException {
        assertThatThrownBy(() -> new Fisher(Map.of("norm.weight", Vector.of(1, value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 0 and finite, but in 'norm.weight' was");
        byte[] bytes = bytes(new Fisher(Map.of("norm.weight", Vector.of(1))));
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - Float.BYTES, value);
        assertThatThrownBy(() -> Fisher.read(write(bytes)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'f.safetensors' must be a Fisher file, but in it")
                .hasMessageEndingWith("; make it with ./tta fisher");
    }

    @Test
    void aFileThatIsCutOffOrEmptyIsRefused() throws IOException {
        byte[] bytes = bytes(Fisher.of(model.layout(), Vector.of(1, 2, 3, 4)));

        for (int length : new int[] {0, 7, 20, bytes.length - 1}) {
            assertThatThrownBy(() -> Fisher.read(write(Arrays.copyOf(bytes, length))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'f.safetensors' must be a Fisher file, but");
        }
    }
}
