package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.CosineBound;
import io.tta4j.sar.LinearModel;
import io.tta4j.sar.Sar;
import io.tta4j.sar.SarConfig;
import io.tta4j.sar.TwoClassReference;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RsgsTest {

    private final LinearModel model = LinearModel.of(2, "norm");

    private static float[][] random(int rows, int classes, double spread, Random random) {
        float[][] logits = new float[rows][classes];
        for (float[] row : logits) {
            for (int k = 0; k < classes; k++) {
                row[k] = (float) (spread * random.nextGaussian());
            }
        }
        return logits;
    }

    private static Adaptation step(AdaptableModel model, Method method, State state, Batch batch) {
        try (Pass pass = model.forward(batch, state.theta())) {
            return method.adapt(model, pass, state);
        }
    }

    private static Vector momentum(State state) {
        return state.vector("momentum", Vector.zeros(state.theta().size()));
    }

    private static Rsgs rsgs(double alpha, Consumer<SarConfig.Builder> settings) {
        return Rsgs.of(RsgsConfig.custom()
                .alpha(alpha)
                .sar(sar -> sar.redundancy(CosineBound.NONE).sourceMomentum(1))
                .sar(settings)
                .build());
    }

    private static Sar sar(Consumer<SarConfig.Builder> settings) {
        SarConfig.Builder config = SarConfig.published();
        settings.accept(config);
        return Sar.of(config.build());
    }

    @ParameterizedTest
    @CsvSource({"0.05, 0.9, 0.05, 1", "0.2, 0.5, 0.4, 0.3", "0.1, 0, 1, 2"})
    void stepsAsTheAlgorithmInDoublePrecision(double rate, double mu, double rho, double alpha) {
        double margin = 0.4 * Math.log(2);
        Rsgs rsgs = rsgs(
                alpha,
                sar -> sar.learningRate(rate)
                        .momentum(mu)
                        .rho(rho)
                        .margin(margin)
                        .resetThreshold(0));
        TwoClassReference reference = new TwoClassReference();
        TwoClassReference withoutGap = new TwoClassReference();
        Random random = new Random(42);
        State state = rsgs.initial(model);
        for (int k = 0; k < 10; k++) {
            float[][] batch = random(32, 2, 3, random);
            reference.step(batch, rate, mu, rho, alpha, margin);
            withoutGap.step(batch, rate, mu, rho, 0, margin);

            Adaptation adaptation = step(model, rsgs, state, LinearModel.batch(batch));

            state = adaptation.state();
            StepReport report = adaptation.report();
            assertThat(report.samples()).isEqualTo(32);
            assertThat(report.reliable()).isEqualTo(reference.reliable()).isLessThan(32);
            assertThat(report.adaptedSamples()).isEqualTo(reference.adapted());
            assertThat(report.loss().orElseThrow()).isCloseTo(reference.loss(), within(1e-5));
            assertThat(state.scalar("lossAverage").orElseThrow()).isCloseTo(reference.average(), within(1e-5));
            for (int i = 0; i < 4; i++) {
                assertThat((double) state.theta().get(i)).isCloseTo(reference.theta(i), within(1e-5));
                assertThat((double) momentum(state).get(i)).isCloseTo(reference.velocity(i), within(1e-5));
            }
        }
        assertThat(reference.theta(0))
                .as("the gap moves theta elsewhere")
                .isNotCloseTo(withoutGap.theta(0), within(1e-4));
        assertThat(model.open).as("passes left open").hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({"0.05, 0.9, false", "0.5, 0.9, true", "0, 1.5, false", "2, 0.2, true"})
    void withoutAlphaItIsSarBitForBit(double rho, double margin, boolean compat) {
        LinearModel wide = LinearModel.of(10, "a", "b", "c", "d", "e");
        Consumer<SarConfig.Builder> settings = config -> config.learningRate(0.3)
                .rho(rho)
                .margin(margin)
                .resetThreshold(0)
                .compat(compat);
        Sar sar = sar(settings);
        Rsgs rsgs = rsgs(0, settings);
        State expected = sar.initial(wide);
        State state = rsgs.initial(wide);
        Random random = new Random(1);
        for (int k = 0; k < 8; k++) {
            Batch batch = LinearModel.batch(random(64, 10, 4, random));
            Adaptation adaptation = step(wide, rsgs, state, batch);
            Adaptation reference = step(wide, sar, expected, batch);

            assertThat(adaptation).isEqualTo(reference);
            state = adaptation.state();
            expected = reference.state();
        }
        assertThat(state.theta()).isNotEqualTo(wide.source());
    }

    /** Of one sample and two classes all gradients lie on one line, so that nothing is orthogonal. */
    @Test
    void oneSampleOfTwoClassesHasNoGap() {
        Consumer<SarConfig.Builder> settings =
                config -> config.learningRate(0.5).rho(0.1).resetThreshold(0);
        Batch one = LinearModel.batch(new float[] {4, 0});

        State state =
                step(model, rsgs(5, settings), State.of(model.source()), one).state();

        State expected =
                step(model, sar(settings), State.of(model.source()), one).state();
        assertThat(momentum(expected).norm()).isGreaterThan(0.01);
        assertThat(momentum(state).minus(momentum(expected)).norm())
                .isLessThan(1e-6 * momentum(expected).norm());
    }

    @Test
    void theSameStreamGivesTheSameBits() {
        LinearModel wide = LinearModel.of(10, "a", "b", "c", "d");
        Rsgs rsgs = Rsgs.ofDefaults();
        State first = rsgs.initial(wide);
        State second = rsgs.initial(wide);
        for (int k = 0; k < 5; k++) {
            Batch batch = LinearModel.batch(random(32, 10, 4, new Random(k)));
            first = step(wide, rsgs, first, batch).state();
            second = step(wide, rsgs, second, batch).state();
        }

        assertThat(first.theta()).isNotEqualTo(wide.source());
        assertThat(second).isEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStepWithoutReliableSamplesIsSkippedUnlessCompatible(boolean compat) {
        Rsgs rsgs = rsgs(
                1, sar -> sar.learningRate(0.5).momentum(0.5).resetThreshold(0).compat(compat));
        State state = step(model, rsgs, rsgs.initial(model), LinearModel.batch(new float[] {4, 0}))
                .state();

        Adaptation skipped = step(model, rsgs, state, LinearModel.batch(new float[] {0, 0}));

        assertThat(skipped.report()).isEqualTo(StepReport.skipped(1, 0));
        assertThat(skipped.state().equals(state)).isEqualTo(!compat);
    }

    @ParameterizedTest
    @ValueSource(strings = {"maxGradientNorm", "gradientQuantile"})
    void aGradientFilterIsRefusedByNameWhereSamplesInteract(String setting) {
        Rsgs rsgs = rsgs(
                1,
                sar -> (setting.equals("maxGradientNorm") ? sar.maxGradientNorm(0.5) : sar.gradientQuantile(0.5))
                        .layers("*"));

        assertThatThrownBy(() -> rsgs.initial(LinearModel.withInteractingSamples(2, "norm")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("rsgs." + setting + " must be off")
                .hasMessageEndingWith("but was 0.5");
        assertThat(rsgs.initial(model)).isEqualTo(State.of(model.source()));
    }

    @Test
    void layersThatMatchNothingAreRefusedByName() {
        assertThatThrownBy(() -> rsgs(1, sar -> sar.layers("conv*")).initial(model))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rsgs.layers must match norm layers of the model, but 'conv*' matches none");
    }
}
