package io.tta4j.sar.minimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.LayerSelection;
import io.tta4j.sar.LinearModel;
import io.tta4j.sar.filter.EntropyMargin;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.objective.SoftmaxEntropy;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SurrogateGapTest {

    private final LinearModel model = LinearModel.of(5, "a", "b");
    private final Vector mask = LayerSelection.all().mask(model.layout());

    private static Vector random(int size, double scale, Random random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (scale * random.nextGaussian());
        }
        return Vector.of(values);
    }

    private static float[][] randomLogits(int rows, double spread, long seed) {
        Random random = new Random(seed);
        float[][] logits = new float[rows][];
        for (int row = 0; row < rows; row++) {
            logits[row] = random(5, spread, random).toArray();
        }
        return logits;
    }

    private ReliableLoss loss(double margin) {
        SampleFilter filter = new EntropyMargin(margin);
        return new ReliableLoss(SoftmaxEntropy.INSTANCE, filter, filter, mask, model.samplesIndependent());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 1e-6", "1e-6, 1e6", "1e3, 1e-30", "1, 1e-37"})
    void theGradientIsAPartAlongTheOtherAndOneOrthogonalToIt(double scale, double otherScale) {
        Random random = new Random(7);
        Vector other = random(1000, otherScale, random);
        Vector gradient = random(1000, scale, random).plus((float) (scale / otherScale), other);

        Vector orthogonal = SurrogateGap.orthogonal(gradient, other);

        Vector parallel = gradient.minus(orthogonal);
        assertThat(orthogonal.norm()).isGreaterThan(0.1 * gradient.norm());
        assertThat(orthogonal.dot(other) / gradient.norm() / other.norm())
                .as("<g_perp, gp> over the norms")
                .isCloseTo(0, within(1e-6));
        assertThat(Math.abs(parallel.dot(other)) / parallel.norm() / other.norm())
                .as("cosine of the rest with gp")
                .isCloseTo(1, within(1e-6));
        assertThat(Math.hypot(parallel.norm(), orthogonal.norm()))
                .as("Pythagoras")
                .isCloseTo(gradient.norm(), within(1e-6 * gradient.norm()));
    }

    /** By hand: gp = (2, 0) and g = (3, 4) give g_perp = (0, 4), and gp - alpha g_perp = (2, -4 alpha). */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 1, 2})
    void theDirectionLeavesTheOrthogonalPartBehind(double alpha) {
        Vector direction = new SurrogateGap(0.05, alpha).direction(Vector.of(3, 4), Vector.of(2, 0));

        assertThat(direction).isEqualTo(Vector.of(2, alpha == 0 ? 0 : (float) (-4 * alpha)));
    }

    /** To first order the loss at the worst point falls as if alpha were 0: the gap's part does not count there. */
    @Test
    void theLossAtTheWorstPointDoesNotFeelTheGap() {
        Random random = new Random(11);
        Vector gradient = random(200, 1, random);
        Vector perturbed = random(200, 1, random);

        Vector direction = new SurrogateGap(0.05, 3).direction(gradient, perturbed);

        assertThat(direction.dot(perturbed)).isCloseTo(perturbed.dot(perturbed), within(1e-4));
        assertThat(direction.dot(gradient))
                .as("the loss at theta falls by less")
                .isLessThan(perturbed.dot(gradient));
    }

    @Test
    void withoutAGradientAtTheWorstPointThereIsNoDirection() {
        Vector gradient = Vector.of(1, -2, 3);

        assertThat(new SurrogateGap(0.05, 1).direction(gradient, Vector.zeros(3)))
                .isEqualTo(Vector.zeros(3));
        assertThat(new SurrogateGap(0.05, 1).direction(gradient, Vector.of(0, Float.MIN_VALUE, 0)))
                .as("too small to divide by")
                .isEqualTo(Vector.of(0, Float.MIN_VALUE, 0));
        assertThat(SurrogateGap.orthogonal(gradient, Vector.zeros(3))).isEqualTo(gradient);
    }

    @Test
    void withoutAGradientAtThetaTheOneAtTheWorstPointIsAll() {
        Vector perturbed = Vector.of(1, -2, 3);

        assertThat(new SurrogateGap(0.05, 1).direction(Vector.zeros(3), perturbed))
                .isEqualTo(perturbed);
    }

    @ParameterizedTest
    @CsvSource({"0.05, 0.8", "0.3, 1.2", "2, 0.8", "0, 10"})
    void withoutAlphaItIsSharpnessAwareBitForBit(double rho, double margin) {
        try (Pass pass = model.forward(LinearModel.batch(randomLogits(64, 2, 11)), model.source())) {
            Descent expected = new SharpnessAware(rho).descend(loss(margin), pass, model.source());
            Descent descent = new SurrogateGap(rho, 0).descend(loss(margin), pass, model.source());

            assertThat(expected.adapted()).isPositive();
            assertThat(descent).isEqualTo(expected);
        }
        assertThat(model.open).as("passes left open").hasValue(0);
    }

    @Test
    void descendsAlongTheGradientsOfBothReliableSets() {
        double rho = 0.3;
        double alpha = 0.7;
        try (Pass pass = model.forward(LinearModel.batch(randomLogits(64, 2, 5)), model.source())) {
            Vector here = loss(1.0).at(pass).gradient();
            Descent there = new SharpnessAware(rho).descend(loss(1.0), pass, model.source());

            Descent descent = new SurrogateGap(rho, alpha).descend(loss(1.0), pass, model.source());

            double along = here.dot(there.gradient()) / there.gradient().dot(there.gradient());
            Vector expected =
                    there.gradient().times((float) (1 + alpha * along)).plus((float) -alpha, here);
            assertThat(descent.reliable()).isEqualTo(there.reliable());
            assertThat(descent.adapted()).isEqualTo(there.adapted()).isLessThan(there.reliable());
            assertThat(descent.loss()).isEqualTo(there.loss());
            assertThat(descent.gradient().minus(expected).norm()).isLessThan(1e-6 * expected.norm());
            assertThat(descent.gradient().minus(there.gradient()).norm())
                    .as("what the gap adds")
                    .isGreaterThan(0.01 * there.gradient().norm());
        }
        assertThat(model.open).as("passes left open").hasValue(0);
    }

    /** One sample whose entropy rises above the margin at the worst point. */
    @Test
    void whereNoSampleStaysReliableThereIsNothingToLearnFrom() {
        LinearModel two = LinearModel.of(2, "norm");
        float[] sample = {2, 0};
        SampleFilter filter = new EntropyMargin(SoftmaxEntropy.INSTANCE.loss(sample) + 0.01);
        ReliableLoss loss = new ReliableLoss(
                SoftmaxEntropy.INSTANCE, filter, filter, LayerSelection.all().mask(two.layout()), true);
        try (Pass pass = two.forward(LinearModel.batch(sample), two.source())) {
            Descent descent = new SurrogateGap(0.5, 1).descend(loss, pass, two.source());
            assertThat(descent.reliable()).isEqualTo(1);
            assertThat(descent.isEmpty()).isTrue();
            assertThat(descent.gradient()).isEqualTo(Vector.zeros(two.layout().size()));
        }
    }
}
