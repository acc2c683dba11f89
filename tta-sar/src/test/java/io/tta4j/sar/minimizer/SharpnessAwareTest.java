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

class SharpnessAwareTest {

    private final LinearModel model = LinearModel.of(5, "a", "b");
    private final Vector mask = LayerSelection.all().mask(model.layout());

    private static float[][] random(int rows, double spread, long seed) {
        Random random = new Random(seed);
        float[][] logits = new float[rows][5];
        for (float[] row : logits) {
            for (int k = 0; k < row.length; k++) {
                row[k] = (float) (spread * random.nextGaussian());
            }
        }
        return logits;
    }

    private ReliableLoss loss(double margin) {
        SampleFilter filter = new EntropyMargin(margin);
        return new ReliableLoss(SoftmaxEntropy.INSTANCE, filter, filter, mask, model.samplesIndependent());
    }

    @ParameterizedTest
    @CsvSource({"0.05, 1", "0.05, 1e-6", "2, 1e6", "1e-3, 30"})
    void thePerturbationHasNormRhoAlongTheGradient(double rho, double scale) {
        Random random = new Random(3);
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (scale * random.nextGaussian());
        }
        Vector gradient = Vector.of(values);

        Vector perturbation = new SharpnessAware(rho).perturbation(gradient);

        assertThat(perturbation.norm()).isCloseTo(rho, within(1e-6 * rho));
        assertThat(perturbation.dot(gradient) / perturbation.norm() / gradient.norm())
                .as("cosine")
                .isCloseTo(1, within(1e-6));
    }

    @Test
    void noGradientNoPerturbation() {
        assertThat(new SharpnessAware(0.05).perturbation(Vector.zeros(4))).isEqualTo(Vector.zeros(4));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.4, 0.8, 1.2, 10})
    void withoutRadiusItIsPlainDescentBitForBit(double margin) {
        try (Pass pass = model.forward(LinearModel.batch(random(64, 2, 11)), model.source())) {
            Descent plain = Minimizer.plain().descend(loss(margin), pass, model.source());
            Descent flat = new SharpnessAware(0).descend(loss(margin), pass, model.source());

            assertThat(plain.reliable()).isPositive();
            assertThat(flat).isEqualTo(plain);
        }
    }

    @Test
    void descendsAlongTheGradientAtThePerturbedTheta() {
        double rho = 0.3;
        double margin = 1.0;
        try (Pass pass = model.forward(LinearModel.batch(random(64, 2, 5)), model.source())) {
            ReliableLoss.Value here = loss(margin).at(pass);
            Vector worst = model.source().plus((float) (rho / here.gradient().norm()), here.gradient());
            Descent descent = new SharpnessAware(rho).descend(loss(margin), pass, model.source());

            try (Pass there = model.forward(LinearModel.batch(random(64, 2, 5)).select(here.rows()), worst)) {
                Descent expected = Minimizer.plain().descend(loss(margin), there, worst);
                assertThat(descent.reliable()).isEqualTo(here.samples());
                assertThat(descent.adapted()).isEqualTo(expected.adapted()).isLessThan(here.samples());
                assertThat(descent.loss().orElseThrow())
                        .isCloseTo(expected.loss().orElseThrow(), within(1e-6));
                assertThat(descent.gradient().minus(expected.gradient()).norm())
                        .isLessThan(1e-5 * expected.gradient().norm());
            }
        }
        assertThat(model.open).as("passes left open").hasValue(0);
    }

    @Test
    void theSecondPassHasTheReliableRowsOnly() {
        try (Pass pass = model.forward(LinearModel.batch(random(64, 2, 5)), model.source())) {
            Descent descent = new SharpnessAware(0.05).descend(loss(0.8), pass, model.source());

            assertThat(model.repeatedRows).containsExactly(descent.reliable());
            assertThat(descent.reliable()).isBetween(1, 63);
        }
    }

    @Test
    void theSecondPassHasTheWholeBatchWhereSamplesInteract() {
        LinearModel interacting = LinearModel.withInteractingSamples(5, "a", "b");
        SampleFilter margin = new EntropyMargin(0.8);
        ReliableLoss loss = new ReliableLoss(SoftmaxEntropy.INSTANCE, margin, margin, mask, false);
        try (Pass pass = interacting.forward(LinearModel.batch(random(64, 2, 5)), interacting.source())) {
            Descent plain = Minimizer.plain().descend(loss, pass, interacting.source());
            Descent flat = new SharpnessAware(0).descend(loss, pass, interacting.source());

            assertThat(plain.reliable()).isBetween(1, 63);
            assertThat(interacting.repeatedRows).containsExactly(64);
            assertThat(flat).as("the same statistics, the same samples").isEqualTo(plain);
        }
    }

    @Test
    void nothingReliableMeansNoSecondPassAndNoGradient() {
        try (Pass pass = model.forward(LinearModel.batch(random(8, 0.1, 1)), model.source())) {
            Descent descent = new SharpnessAware(0.05).descend(loss(0.5), pass, model.source());
            assertThat(descent.reliable()).isZero();
            assertThat(descent).isEqualTo(Descent.none(loss(0.5).at(pass)));
            assertThat(descent.gradient()).isEqualTo(Vector.zeros(model.layout().size()));
            assertThat(model.repeatedRows).isEmpty();
        }
    }

    @Test
    void theGradientIsMaskedBeforeItsNormIsTaken() {
        Vector first = LayerSelection.parse("sar.layers", "a").mask(model.layout());
        SampleFilter all = SampleFilter.all();
        ReliableLoss masked = new ReliableLoss(SoftmaxEntropy.INSTANCE, all, all, first, true);
        try (Pass pass = model.forward(LinearModel.batch(random(16, 2, 9)), model.source())) {
            Vector gradient = masked.at(pass).gradient();

            assertThat(gradient).isEqualTo(loss(100).at(pass).gradient().times(first));
            assertThat(new SharpnessAware(0.05).perturbation(gradient).norm()).isCloseTo(0.05, within(1e-8));
        }
    }
}
