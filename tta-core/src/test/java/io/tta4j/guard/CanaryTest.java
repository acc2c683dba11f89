package io.tta4j.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.AdaptiveModel;
import io.tta4j.RowModel;
import io.tta4j.method.Methods;
import io.tta4j.method.SourceSurvey;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Canary sets in files. */
class CanaryTest {

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("canary.safetensors");
    }

    private static GuardConfig config(Path file) {
        return GuardConfig.read(Map.of("canary", file.toString()), GuardConfig.custom())
                .build();
    }

    private static Batch read(GuardConfig config) {
        return config.canary().orElseThrow().batch();
    }

    @Test
    void keepsTheInputsBits() throws IOException {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("pixels", Tensor.of(new float[] {0.1f, -0f, Float.NaN, 4, 5, 6}, 2, 3, 1));
        inputs.put("ids", Tensor.of(new long[] {7, Long.MAX_VALUE}, 2));
        try (OutputStream out = Files.newOutputStream(file())) {
            Canary.answeredBySource(Batch.of(inputs)).write(out);
        }

        Batch found = read(config(file()));

        assertThat(found.inputs().keySet()).containsExactly("pixels", "ids");
        inputs.forEach((name, tensor) -> {
            assertThat(found.inputs().get(name)).hasToString(tensor.toString());
            assertThat(Objects.requireNonNull(found.inputs().get(name)).data()).isEqualTo(tensor.data());
        });
    }

    /** What a survey was shown, though the memory of each batch is used again. */
    @Test
    void isMadeOfWhatASurveyWasShown() throws IOException {
        RowModel model = new RowModel();
        SourceSurvey.Findings findings = new CanarySurvey().begin(model, List.of());
        Tensor shared = Tensor.of(new float[] {1, 2, 3}, 3);
        for (float first : new float[] {1, 5}) {
            shared.data().asFloatBuffer().put(0, first);
            try (Pass pass = model.forward(Batch.of("x", shared), model.source())) {
                findings.add(pass);
            }
        }
        try (OutputStream out = Files.newOutputStream(file())) {
            findings.writeTo(out);
        }

        float[] values = new float[6];
        Objects.requireNonNull(read(config(file())).inputs().get("x")).floats().get(values);
        assertThat(values).containsExactly(1, 2, 3, 5, 2, 3);
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> config(file()))
                .withMessage("guard.canary must be a file that can be read, but was '%s'", file());
        Files.writeString(file(), "not safetensors");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config(file()))
                .withMessageStartingWith("'canary.safetensors' must be a canary set file, but ")
                .withMessageEndingWith("; make it with tta canary");
    }

    /** Before anything is served. */
    @Test
    void isRefusedForAModelOfOtherInputsOrClasses() {
        Guards others = Guards.of(GuardConfig.custom()
                .canary(Canary.answeredBySource(Batch.of("y", Tensor.of(new float[] {1}, 1))))
                .build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdaptiveModel.builder(new ScaleModel(2), Methods.source())
                        .guards(others)
                        .build())
                .withMessageStartingWith("the canary set must be what the model takes, but was not: inputs must be ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Canary.labelled(ScaleModel.batch(new float[] {1, 2}, new float[] {3, 4}), 0, 2)
                        .requireFits(new ScaleModel(2)))
                .withMessage("the canary set's labels must be in 0..1, but one was 2");
    }
}
