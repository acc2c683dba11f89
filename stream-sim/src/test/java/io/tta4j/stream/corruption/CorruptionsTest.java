package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.stream.demo.TexturedShapes;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorruptionsTest {

    private static final int SIZE = TexturedShapes.SIZE;
    private static final byte[] IMAGE = TexturedShapes.image(TexturedShapes.TRAINING_SEED, 3);

    static Stream<Corruption> all() {
        return Corruptions.all().stream();
    }

    /**
     * Saturate loses colour most at its second severity and then adds some; the others trade one constant for another.
     */
    static Stream<Corruption> growing() {
        Set<String> turning = Set.of("saturate", "glass_blur", "motion_blur", "elastic_transform", "spatter", "frost");
        return all().filter(corruption -> !turning.contains(corruption.name()));
    }

    @Test
    void namesAreTheFieldsInOrder() {
        assertThat(Corruptions.names())
                .containsExactly(
                        "gaussian_noise",
                        "shot_noise",
                        "impulse_noise",
                        "defocus_blur",
                        "glass_blur",
                        "motion_blur",
                        "zoom_blur",
                        "snow",
                        "frost",
                        "fog",
                        "brightness",
                        "contrast",
                        "elastic_transform",
                        "pixelate",
                        "jpeg_compression",
                        "speckle_noise",
                        "gaussian_blur",
                        "spatter",
                        "saturate");
    }

    @Test
    void findsACorruptionByName() {
        assertThat(Corruptions.named("fog").name()).isEqualTo("fog");
    }

    @Test
    void namesTheKnownOnesWhereTheNameIsUnknown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Corruptions.named("smog"))
                .withMessageStartingWith("corruption must be one of gaussian_noise, shot_noise,")
                .withMessageEndingWith(", but was smog");
    }

    @ParameterizedTest
    @MethodSource("all")
    void sameSeedSamePixels(Corruption corruption) {
        for (int severity = 1; severity <= 5; severity++) {
            byte[] input = IMAGE.clone();
            byte[] first = corruption.apply(input, SIZE, SIZE, severity, 17);
            assertThat(input).isEqualTo(IMAGE);
            assertThat(first).isNotEqualTo(IMAGE);
            assertThat(corruption.apply(IMAGE, SIZE, SIZE, severity, 17)).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gaussian_noise",
                "shot_noise",
                "impulse_noise",
                "glass_blur",
                "motion_blur",
                "snow",
                "frost",
                "fog",
                "elastic_transform",
                "speckle_noise",
                "spatter"
            })
    void anotherSeedGivesOtherPixels(String name) {
        Corruption corruption = Corruptions.named(name);
        assertThat(corruption.apply(IMAGE, SIZE, SIZE, 3, 1)).isNotEqualTo(corruption.apply(IMAGE, SIZE, SIZE, 3, 2));
    }

    @ParameterizedTest
    @MethodSource("growing")
    void higherSeveritiesAreFurtherFromTheCleanImages(Corruption corruption) {
        List<Double> distances = Stream.of(1, 2, 3, 4, 5)
                .map(severity -> meanDistance(corruption, severity))
                .toList();
        assertThat(distances).isSorted().doesNotHaveDuplicates();
    }

    private static double meanDistance(Corruption corruption, int severity) {
        double sum = 0;
        for (int index = 0; index < 20; index++) {
            byte[] clean = TexturedShapes.image(TexturedShapes.TRAINING_SEED, index);
            int[] before = TestImages.unsigned(clean);
            int[] after = TestImages.unsigned(corruption.apply(clean, SIZE, SIZE, severity, index));
            for (int i = 0; i < before.length; i++) {
                sum += (before[i] - after[i]) * (before[i] - after[i]);
            }
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("all")
    void worksOnOtherSizes(Corruption corruption) {
        for (int severity = 1; severity <= 5; severity++) {
            for (int[] size : new int[][] {{5, 70}, {70, 5}, {1, 1}, {2, 3}, {81, 77}}) {
                byte[] pixels = TestImages.pattern(size[0], size[1]);
                for (ParameterSet parameters : ParameterSet.values()) {
                    Corruption fixed = Corruptions.named(corruption.name(), parameters);
                    assertThat(fixed.apply(pixels, size[0], size[1], severity, 0))
                            .hasSameSizeAs(pixels);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void constantsGoWithTheSize(Corruption corruption) {
        assertConstants(corruption, 64, 64, ParameterSet.CIFAR);
        assertConstants(corruption, 64, 65, ParameterSet.IMAGENET);
        assertConstants(corruption, 65, 8, ParameterSet.IMAGENET);
    }

    private static void assertConstants(Corruption corruption, int height, int width, ParameterSet expected) {
        byte[] pixels = TestImages.waves(height, width);
        assertThat(corruption.apply(pixels, height, width, 3, 7))
                .isEqualTo(Corruptions.named(corruption.name(), expected).apply(pixels, height, width, 3, 7));
        assertThat(ParameterSet.forSize(height, width)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("all")
    void refusesAnUnknownSeverity(Corruption corruption) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> corruption.apply(IMAGE, SIZE, SIZE, 7, 0))
                .withMessage("severity must be in 1..5, but was 7");
    }

    @ParameterizedTest
    @MethodSource("all")
    void refusesPixelsThatDoNotFillTheImage(Corruption corruption) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> corruption.apply(IMAGE, SIZE, SIZE + 1, 1, 0))
                .withMessage("an image of 32x33 must have 3168 bytes, but had 3072");
    }
}
