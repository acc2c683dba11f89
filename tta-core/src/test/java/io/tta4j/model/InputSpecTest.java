package io.tta4j.model;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class InputSpecTest {

    private static final InputSpec SPEC = new InputSpec("image", ElementType.FLOAT32, List.of(InputSpec.ANY, 3L));

    @Test
    void takesAnyNumberOfRows() {
        assertThatCode(() -> SPEC.requireAccepts(Tensor.of(new float[6], 2, 3))).doesNotThrowAnyException();
        assertThatCode(() -> SPEC.requireAccepts(Tensor.of(new float[3], 1, 3))).doesNotThrowAnyException();
    }

    @Test
    void saysWhatItExpectedAndWhatItGot() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.requireAccepts(Tensor.of(new float[8], 2, 4)))
                .withMessage("input 'image' must be FLOAT32[N, 3], but was FLOAT32[2, 4]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.requireAccepts(Tensor.of(new long[6], 2, 3)))
                .withMessage("input 'image' must be FLOAT32[N, 3], but was INT64[2, 3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.requireAccepts(Tensor.of(new float[6], 6)))
                .withMessageContaining("but was FLOAT32[6]");
    }
}
