package io.tta4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchTest {

    private static final Tensor THREE_ROWS = Tensor.of(new float[] {1, 2, 3}, 3);

    @Test
    void refusesInputsOfDifferentRows() {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("image", THREE_ROWS);
        inputs.put("mask", Tensor.of(new float[2], 2));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Batch.of(inputs))
                .withMessage(
                        "all inputs of a batch must have the same rows, but input 'mask' had 2 where another had 3");
    }

    @Test
    void refusesNoInputs() {
        assertThatIllegalArgumentException().isThrownBy(() -> Batch.of(Map.of()));
    }

    @Test
    void selectsRowsOfAllInputs() {
        Batch batch = Batch.of(Map.of("a", THREE_ROWS, "b", Tensor.of(new float[6], 3, 2)));
        Batch selected = batch.select(2, 2);

        assertThat(selected.rows()).isEqualTo(2);
        assertThat(selected.inputs().get("a"))
                .satisfies(a -> assertThat(a.floats().get(1)).isEqualTo(3));
        assertThat(selected.inputs()).hasToString(selected.toString()).containsOnlyKeys("a", "b");
    }

    @Test
    void doesNotChangeWithTheMapItCameFrom() {
        Map<String, Tensor> inputs = new LinkedHashMap<>(Map.of("a", THREE_ROWS));
        Batch batch = Batch.of(inputs);
        inputs.clear();

        assertThat(batch.inputs()).containsOnlyKeys("a");
        assertThatThrownBy(() -> batch.inputs().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
