package io.tta4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AffineLayoutTest {

    private static AffineLayout layout(String name, NormKind kind, int width, OptionalInt bias) {
        return new AffineLayout(List.of(new NormLayer(name, kind, width, 0, bias)), 4);
    }

    /**
     * By hand: {@code printf 'norm GROUP 2 0 2\n\0\0\x80\x3f\0\0\0\x40\0\0\0\0\0\0\0\x80' | sha256sum}, its first half.
     */
    @Test
    void theFingerprintIsAHashOfLayersAndValues() {
        assertThat(layout("norm", NormKind.GROUP, 2, OptionalInt.of(2)).fingerprint(Vector.of(1, 2, 0, -0f)))
                .isEqualTo("0d1b7b5aec94bf314fedec379232192e");
    }

    @Test
    void everyPartOfALayoutCounts() {
        Vector theta = Vector.of(1, 2, 0, 0);

        assertThat(List.of(
                        layout("norm", NormKind.GROUP, 2, OptionalInt.of(2)).fingerprint(theta),
                        layout("other", NormKind.GROUP, 2, OptionalInt.of(2)).fingerprint(theta),
                        layout("norm", NormKind.LAYER, 2, OptionalInt.of(2)).fingerprint(theta),
                        layout("norm", NormKind.GROUP, 4, OptionalInt.empty()).fingerprint(theta),
                        layout("norm", NormKind.GROUP, 2, OptionalInt.of(2)).fingerprint(Vector.of(1, 2, 0, -0f))))
                .doesNotHaveDuplicates();
    }

    @Test
    void aVectorOfAnotherSizeHasNone() {
        AffineLayout layout = layout("norm", NormKind.GROUP, 2, OptionalInt.of(2));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.fingerprint(Vector.of(1, 2)))
                .withMessage("theta must have 4 values, but had 2");
    }
}
