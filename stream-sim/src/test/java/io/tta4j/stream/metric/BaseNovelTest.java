package io.tta4j.stream.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BaseNovelTest {

    @Test
    void theHarmonicMeanIsNearerToTheSmallerOfTwo() {
        BaseNovel accuracy = new BaseNovel(new Accuracy(4, 3), new Accuracy(8, 2));

        // 2 * 75 * 25 / (75 + 25).
        assertThat(accuracy.harmonicMean()).hasValue(37.5);
        assertThat(accuracy.all()).isEqualTo(new Accuracy(12, 5));
    }

    @Test
    void whatNamesNoNovelClassHasAHarmonicMeanOfZero() {
        assertThat(new BaseNovel(new Accuracy(4, 4), new Accuracy(8, 0)).harmonicMean())
                .hasValue(0);
        assertThat(new BaseNovel(new Accuracy(4, 0), new Accuracy(8, 0)).harmonicMean())
                .hasValue(0);
    }

    @Test
    void withoutNovelImagesThereIsNoHarmonicMean() {
        assertThat(new BaseNovel(new Accuracy(4, 4), Accuracy.NONE).harmonicMean())
                .isEmpty();
        assertThat(new BaseNovel(Accuracy.NONE, new Accuracy(4, 4)).harmonicMean())
                .isEmpty();
    }

    @Test
    void anAnswerCountsOnItsSide() {
        assertThat(BaseNovel.NONE.with(true, true).with(false, false).with(false, true))
                .isEqualTo(new BaseNovel(new Accuracy(1, 1), new Accuracy(2, 1)));
    }
}
