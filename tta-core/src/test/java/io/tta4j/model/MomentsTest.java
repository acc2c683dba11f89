package io.tta4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class MomentsTest {

    private static Moments one(double mean, double variance) {
        return new Moments(Vector.of((float) mean), Vector.of((float) variance));
    }

    private static Moments of(double... values) {
        double mean = DoubleStream.of(values).average().orElseThrow();
        double variance = DoubleStream.of(values)
                .map(x -> (x - mean) * (x - mean))
                .average()
                .orElseThrow();
        return one(mean, variance);
    }

    /** Numbers of which some were there before. */
    @Test
    void knowsWhatCameToTheWhole() {
        Random random = new Random(3);
        double[] rest = random.doubles(30, -1, 5).toArray();
        double[] came = random.doubles(10, 3, 40).toArray();
        double[] whole = DoubleStream.concat(DoubleStream.of(rest), DoubleStream.of(came))
                .toArray();

        Moments part = of(whole).part(of(rest), Vector.of(0.25f));

        assertThat(part.means().get(0)).isCloseTo(of(came).means().get(0), within(1e-4f));
        assertThat(part.variances().get(0)).isCloseTo(of(came).variances().get(0), within(1e-2f));
    }

    /** All of it came, or as it was. */
    @Test
    void knowsTheWholeAndWhatDidNotMove() {
        assertThat(one(2, 3).part(one(7, 1), Vector.of(1))).isEqualTo(one(2, 3));
        assertThat(one(2, 3).part(one(2, 3), Vector.of(0.5f))).isEqualTo(one(2, 3));
    }

    @Test
    void refusesOthersOfAnotherSize() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one(2, 3).part(one(2, 3), Vector.of(1, 1)))
                .withMessage("there must be 1 moments and weights, but there were 1 and 2");
    }

    /** A layer of three channels, N(0, 1), N(2, 4), N(0, 0), and one of a single N(1, 1). */
    @Test
    void areAsFarFromTheSourceAsTheMedianOfTheFarthestLayer() {
        Vector means = Vector.of(0, 2, 0, 1);
        Vector variances = Vector.of(1, 4, 0, 1);
        NormLayer first = new NormLayer("first", NormKind.BATCH, 3, 0, OptionalInt.of(3));
        NormLayer second = new NormLayer("second", NormKind.BATCH, 1, 6, OptionalInt.of(7));
        BatchNorms norms = new BatchNorms(
                List.of(new BatchNorms.Layer(first, 0.001f), new BatchNorms.Layer(second, 0)),
                new Moments(means, variances));

        assertThat(norms.distance(norms.source())).isCloseTo(1, within(1e-3));
        // (9 + 1) / 1, (0 + 16) / 4 and out of all proportion: 10 in the middle.
        assertThat(norms.distance(new Moments(Vector.of(3, 2, 8, 1), Vector.of(1, 16, 0, 1))))
                .isCloseTo(10 / 1.001, within(1e-5));
        // (4 - 1)^2 + 3.
        assertThat(norms.distance(new Moments(Vector.of(0, 2, 0, 4), Vector.of(1, 4, 0, 3))))
                .isEqualTo(12);
    }
}
