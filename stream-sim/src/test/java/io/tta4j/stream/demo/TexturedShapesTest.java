package io.tta4j.stream.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TexturedShapesTest {

    /** The committed network and the documented accuracies hold for these pixels only. */
    @ParameterizedTest
    @CsvSource({
        TexturedShapes.TRAINING_SEED + ", 5ef8332db2cb607a02e412dee9cc52de0799f91fbbb417ce5d237a86213183e9",
        TexturedShapes.HELD_OUT_SEED + ", 5ef9597918029a09314d7e4f42fe1c48a518d634faec0d85ba44cf34b0fbfe97"
    })
    void firstImagesAndLabelsStayTheSame(long seed, String hash) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int index = 0; index < 20; index++) {
            digest.update(TexturedShapes.image(seed, index));
            digest.update((byte) TexturedShapes.label(seed, index));
        }
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(hash);
    }

    @Test
    void imagesDoNotDependOnWhatWasAskedBefore() {
        byte[] alone = TexturedShapes.image(5, 123);
        TexturedShapes.image(5, 122);
        assertThat(TexturedShapes.image(5, 123)).isEqualTo(alone).hasSize(32 * 32 * 3);
    }

    @Test
    void seedsAndIndicesShareNoImages() {
        long distinct = IntStream.range(0, 40)
                .mapToObj(i -> Arrays.hashCode(TexturedShapes.image(i / 10, i % 10)))
                .distinct()
                .count();
        assertThat(distinct).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, TexturedShapes.TRAINING_SEED, TexturedShapes.HELD_OUT_SEED})
    void everyTenLabelsHoldEveryClassOnce(long seed) {
        for (int block = 0; block < 50; block++) {
            int first = 10 * block;
            assertThat(IntStream.range(first, first + 10).map(index -> TexturedShapes.label(seed, index)))
                    .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        }
    }

    /** 1,000 runs: a label stands at the front of a run 100 times, give or take four deviations of 9.5. */
    @Test
    void everyClassComesFirstEquallyOften() {
        long[] first = new long[10];
        for (int block = 0; block < 1000; block++) {
            first[TexturedShapes.label(1, 10 * block)]++;
        }
        assertThat(LongStream.of(first)).allMatch(count -> Math.abs(count - 100) < 38);
    }

    @Test
    void namesTheClassesInLabelOrder() {
        assertThat(TexturedShapes.classNames())
                .containsExactly(
                        "disc", "ring", "square", "frame", "triangle", "cross", "star", "crescent", "bar", "hourglass");
    }

    @Test
    void corruptionSeedsDiffer() {
        assertThat(IntStream.range(0, 1000).mapToLong(index -> TexturedShapes.corruptionSeed(3, index)))
                .doesNotHaveDuplicates();
    }

    @Test
    void refusesNegativeIndices() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TexturedShapes.image(1, -2))
                .withMessage("index must not be negative, but was -2");
        assertThatIllegalArgumentException().isThrownBy(() -> TexturedShapes.label(1, -2));
    }
}
