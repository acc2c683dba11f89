package io.tta4j.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import io.tta4j.djl.DjlOptions.Activations;
import io.tta4j.model.ElementType;
import org.junit.jupiter.api.Test;

class DjlOptionsTest {

    @Test
    void startsFromOtherOptions() {
        DjlOptions options = DjlOptions.custom()
                .input("ids", ElementType.INT64, 128)
                .input("mask", ElementType.BOOL, 128)
                .device(Device.cpu())
                .activations(Activations.RECOMPUTED)
                .modules(3)
                .build();

        assertThat(DjlOptions.from(options).build()).isEqualTo(options).isNotEqualTo(DjlOptions.ofDefaults());
        assertThat(options.inputs()).hasToString("[INT64[N, 128], BOOL[N, 128]]");
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DjlOptions.custom().modules(0).build())
                .withMessage("modules must be at least 1, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DjlOptions.custom().input("x", ElementType.FLOAT32, 3, -1))
                .withMessage("extents of input 'x' must be at least 1, but one was -1");
    }
}
