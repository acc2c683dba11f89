package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.filter.EntropyMargin;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.minimizer.Minimizer;
import io.tta4j.sar.minimizer.ReliableLoss;
import io.tta4j.sar.minimizer.Sgd;
import io.tta4j.sar.objective.SoftmaxEntropy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SarTest {

    /** Entropy 0.0021 nats, far below any margin here. */
    private static final Batch SURE = LinearModel.batch(new float[] {8.5f, 0});

    /** Entropy ln 2, never reliable. */
    private static final Batch UNSURE = LinearModel.batch(new float[] {0, 0});

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

    private Adaptation step(Sar sar, State state, Batch batch) {
        return step(model, sar, state, batch);
    }

    private static Vector momentum(State state) {
        return state.vector("momentum", Vector.zeros(state.theta().size()));
    }

    @ParameterizedTest
    @CsvSource({"0.05, 0.9, 0.05", "0.2, 0.5, 0.4", "0.1, 0, 1"})
    void stepsAsTheAlgorithmInDoublePrecision(double rate, double mu, double rho) {
        Sar sar = Sar.of(SarConfig.published()
                .learningRate(rate)
                .momentum(mu)
                .rho(rho)
                .resetThreshold(0)
                .build());
        TwoClassReference reference = new TwoClassReference();
        Random random = new Random(42);
        State state = sar.initial(model);
        int dropped = 0;
        for (int k = 0; k < 10; k++) {
            float[][] batch = random(32, 2, 3, random);
            reference.step(batch, rate, mu, rho, 0, 0.4 * Math.log(2));

            Adaptation adaptation = step(sar, state, LinearModel.batch(batch));

            state = adaptation.state();
            StepReport report = adaptation.report();
            assertThat(report.samples()).isEqualTo(32);
            assertThat(report.reliable()).isEqualTo(reference.reliable()).isLessThan(32);
            assertThat(report.adaptedSamples()).isEqualTo(reference.adapted());
            assertThat(report.loss().orElseThrow()).isCloseTo(reference.loss(), within(1e-5));
            assertThat(report.reset()).isFalse();
            assertThat(state.scalar("lossAverage").orElseThrow()).isCloseTo(reference.average(), within(1e-5));
            for (int i = 0; i < 4; i++) {
                assertThat((double) state.theta().get(i)).isCloseTo(reference.theta(i), within(1e-5));
                assertThat((double) momentum(state).get(i)).isCloseTo(reference.velocity(i), within(1e-5));
            }
            dropped += report.reliable() - report.adaptedSamples();
        }
        assertThat(rho < 0.1 || dropped > 0)
                .as("a large radius makes some reliable sample unreliable")
                .isTrue();
        assertThat(model.open).as("passes left open").hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.9, 1.5})
    void withoutRadiusItIsFilteredTentBitForBit(double margin) {
        LinearModel wide = LinearModel.of(10, "a", "b", "c", "d", "e");
        Sar sar = Sar.of(SarConfig.published()
                .learningRate(0.3)
                .rho(0)
                .margin(margin)
                .resetThreshold(0)
                .build());
        SampleFilter filter = new EntropyMargin(margin);
        ReliableLoss loss = new ReliableLoss(
                SoftmaxEntropy.INSTANCE,
                filter,
                filter,
                LayerSelection.allButLast().mask(wide.layout()),
                true);
        State state = sar.initial(wide);
        State tent = state;
        Random random = new Random(1);
        for (int k = 0; k < 5; k++) {
            Batch batch = LinearModel.batch(random(64, 10, 4, random));
            state = step(wide, sar, state, batch).state();
            try (Pass pass = wide.forward(batch, tent.theta())) {
                Vector gradient =
                        Minimizer.plain().descend(loss, pass, tent.theta()).gradient();
                tent = new Sgd(0.3, 0.9).step(tent, gradient);
            }

            assertThat(state.vectors()).isEqualTo(tent.vectors());
        }
        assertThat(state.theta()).isNotEqualTo(wide.source());
    }

    @Test
    void withEverythingReliableAndNoRadiusItIsTentBitForBit() {
        Sar sar = Sar.of(
                SarConfig.published().rho(0).margin(100).resetThreshold(0).build());
        Random random = new Random(2);
        State state = sar.initial(model);
        State tent = state;
        for (int k = 0; k < 5; k++) {
            Batch batch = LinearModel.batch(random(48, 2, 2, random));
            state = step(sar, state, batch).state();
            tent = step(model, Tent.ofDefaults(), tent, batch).state();
        }

        assertThat(state.vectors()).isEqualTo(tent.vectors());
    }

    @Test
    void theDefaultLearningRateCountsTheRowsOfTheBatchNotTheReliableOnes() {
        Batch batch = LinearModel.batch(random(32, 2, 3, new Random(4)));
        Sar explicit = Sar.of(SarConfig.published().learningRate(0.0005).build());

        assertThat(step(Sar.of(SarConfig.published().build()), State.of(model.source()), batch))
                .isEqualTo(step(explicit, State.of(model.source()), batch));
    }

    /** With no learning rate and no momentum, only the pull is left: m^(N / 64) of the way from the source stays. */
    @ParameterizedTest
    @ValueSource(ints = {1, 16, 64, 128})
    void aStepIsPulledToTheSourceByItsSamples(int rows) {
        Sar sar = Sar.of(SarConfig.published()
                .learningRate(0)
                .rho(0)
                .margin(100)
                .resetThreshold(0)
                .sourceMomentum(0.25)
                .build());
        Vector way = Vector.of(0.5f, -0.25f, 2, 0);
        State away = State.of(model.source().plus(1, way));

        State pulled = step(sar, away, LinearModel.batch(random(rows, 2, 2, new Random(3))))
                .state();

        Vector left = way.times((float) Math.pow(0.25, rows / 64.0));
        assertThat(pulled.theta().minus(model.source().plus(1, left)).norm()).isLessThan(1e-6);
    }

    @Test
    void aStepWithoutReliableSamplesIsSkipped() {
        Sar sar = Sar.of(SarConfig.published().resetThreshold(0).build());
        State state = step(sar, sar.initial(model), SURE).state();

        Adaptation skipped = step(sar, state, UNSURE);

        assertThat(skipped.state()).isEqualTo(state);
        assertThat(skipped.report()).isEqualTo(StepReport.skipped(1, 0));
    }

    /**
     * One sample whose entropy is just below the margin at theta and, as the perturbation raises it, above it at theta
     * + eps.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStepWhoseReliableSamplesAllFallIsSkipped(boolean compat) {
        Sar sar = Sar.of(SarConfig.published()
                .learningRate(0.5)
                .rho(0.5)
                .margin(TwoClassReference.entropy(new double[] {1, 1, 0, 0}, new float[] {2, 0}) + 0.01)
                .resetThreshold(0)
                .compat(compat)
                .build());
        State state = State.of(model.source())
                .with("momentum", Vector.of(4, 0, -4, 0))
                .with("lossAverage", 0.25);

        Adaptation adaptation = step(sar, state, LinearModel.batch(new float[] {2, 0}));

        assertThat(adaptation.report()).isEqualTo(StepReport.skipped(1, 1));
        // By hand: v = 0.9 (4, 0, -4, 0), theta = (1, 1, 0, 0) - 0.5 v.
        Vector theta = compat ? Vector.of(1 - 1.8f, 1, 1.8f, 0) : model.source();
        Vector momentum = compat ? Vector.of(3.6f, 0, -3.6f, 0) : Vector.of(4, 0, -4, 0);
        assertThat(adaptation.state().theta().minus(theta).norm()).isLessThan(1e-6);
        assertThat(momentum(adaptation.state()).minus(momentum).norm()).isLessThan(1e-6);
        assertThat(adaptation.state().scalar("lossAverage")).hasValue(0.25);
    }

    /** By hand: after one step with gradient g and two without, theta = source - eta (1 + mu + mu^2) g. */
    @Test
    void inCompatTheMomentumStillMovesThetaWhereNothingIsReliable() {
        Sar sar = Sar.of(SarConfig.published()
                .learningRate(0.5)
                .momentum(0.5)
                .resetThreshold(0)
                .compat(true)
                .build());
        State first = step(sar, sar.initial(model), LinearModel.batch(new float[] {4, 0}))
                .state();
        Vector gradient = momentum(first);

        Adaptation second = step(sar, first, UNSURE);
        Adaptation third = step(sar, second.state(), UNSURE);

        assertThat(gradient.norm()).isGreaterThan(0.01);
        assertThat(second.report()).isEqualTo(StepReport.skipped(1, 0));
        assertThat(third.report()).isEqualTo(StepReport.skipped(1, 0));
        Vector expected = model.source().plus(-0.5f * 1.75f, gradient);
        assertThat(third.state().theta().minus(expected).norm()).isLessThan(1e-6);
        assertThat(momentum(third.state())).isEqualTo(gradient.times(0.25f));
        assertThat(third.state().scalars()).isEqualTo(first.scalars());
    }

    @Test
    void inCompatNothingReliableFromTheStartMovesNothing() {
        Sar sar = Sar.of(SarConfig.published().compat(true).build());

        Adaptation adaptation = step(sar, sar.initial(model), UNSURE);

        assertThat(adaptation.state().theta()).isEqualTo(model.source());
        assertThat(adaptation.report()).isEqualTo(StepReport.skipped(1, 0));
    }

    @Test
    void aCollapsedLossResetsTheWholeState() {
        Sar sar = Sar.of(
                SarConfig.published().learningRate(0.5).resetThreshold(0.02).build());
        State state = State.of(Vector.of(2, 1, 0.5f, 0))
                .with("momentum", Vector.of(1, 1, 1, 1))
                .with("lossAverage", 0.02);

        Adaptation reset = step(sar, state, SURE);

        assertThat(reset.report().reset()).isTrue();
        assertThat(reset.report().adaptedSamples()).isEqualTo(1);
        assertThat(reset.state()).isEqualTo(sar.initial(model));
        assertThat(reset.state().theta()).as("the untouched model runs again").isSameAs(model.source());
        assertThat(step(sar, reset.state(), UNSURE).report().reset()).isFalse();
    }

    /** By hand: the average of 0.02 falls to about 0.018 and stays there, so that even an empty step resets again. */
    @Test
    void inCompatAResetKeepsMomentumAndAverageAndRepeatsItself() {
        Sar sar = Sar.of(SarConfig.published()
                .learningRate(0.5)
                .momentum(0.5)
                .resetThreshold(0.02)
                .compat(true)
                .build());
        State state = State.of(Vector.of(2, 1, 0.5f, 0))
                .with("momentum", Vector.of(8, 4, 2, 1))
                .with("lossAverage", 0.02);

        Adaptation first = step(sar, state, SURE);
        assertThat(first.report().reset()).isTrue();
        assertThat(first.state().theta()).isSameAs(model.source());
        assertThat(momentum(first.state()).minus(Vector.of(4, 2, 1, 0.5f)).norm())
                .as("the gradient of this sure a sample is tiny")
                .isLessThan(1e-3);
        double loss = first.report().loss().orElseThrow();
        double average = 0.018 + 0.1 * loss;
        assertThat(first.state().scalar("lossAverage").orElseThrow()).isCloseTo(average, within(1e-12));

        Adaptation second = step(sar, first.state(), UNSURE);
        assertThat(second.report().reset()).isTrue();
        assertThat(second.report().adaptedSamples()).isZero();
        assertThat(second.state().theta()).isSameAs(model.source());
        assertThat(momentum(second.state())).isEqualTo(momentum(first.state()).times(0.5f));
        assertThat(second.state().scalar("lossAverage").orElseThrow()).isCloseTo(average, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"false, true", "true, false"})
    void aSampleThatIsNotFiniteIsNeverReliable(boolean compat, boolean quantile) {
        SarConfig.Builder config =
                SarConfig.published().margin(100).resetThreshold(0).compat(compat);
        if (quantile) {
            config.gradientQuantile(1);
        }
        Sar sar = Sar.of(config.build());
        Batch batch = LinearModel.batch(
                new float[] {4, 0},
                new float[] {Float.NaN, 0},
                new float[] {1, Float.POSITIVE_INFINITY},
                new float[] {Float.NEGATIVE_INFINITY, 0},
                new float[] {0, 3});

        Adaptation adaptation = step(sar, sar.initial(model), batch);

        assertThat(adaptation.report().samples()).isEqualTo(5);
        assertThat(adaptation.report().reliable()).isEqualTo(2);
        assertThat(adaptation.report().adaptedSamples()).isEqualTo(2);
        assertThat(adaptation.state().isFinite()).isTrue();
        assertThat(adaptation.state().theta()).isNotEqualTo(model.source());
    }

    @ParameterizedTest
    @CsvSource({"all, 0", "*, 0", "b, 3", "'a,d', 2", "'', 1"})
    void frozenLayersKeepTheirBits(String layers, int frozen) {
        LinearModel deep = LinearModel.of(3, "a", "b", "c", "d");
        SarConfig.Builder config = SarConfig.published().learningRate(1).resetThreshold(0);
        if (!layers.isEmpty()) {
            config.layers(layers);
        }
        Sar sar = Sar.of(config.build());
        Random random = new Random(8);
        State state = sar.initial(deep);
        for (int k = 0; k < 3; k++) {
            state = step(deep, sar, state, LinearModel.batch(random(32, 3, 4, random)))
                    .state();
        }

        List<String> kept = new ArrayList<>();
        var before = deep.layout().named(deep.source());
        deep.layout().named(state.theta()).forEach((name, values) -> {
            if (Arrays.equals(values, before.get(name))) {
                kept.add(name);
            }
        });
        assertThat(kept).hasSize(2 * frozen);
    }

    @Test
    void gradientFiltersThinTheReliableSamplesButNotAgain() {
        // Gradient norms fall with the certainty here: 5 > 6 > 7 > 8, all of low entropy.
        Batch batch = LinearModel.batch(
                new float[] {5, 0}, new float[] {6, 0}, new float[] {7, 0}, new float[] {8, 0}, new float[] {0, 0});
        SarConfig base = SarConfig.published().rho(0.01).resetThreshold(0).build();

        // Norms over the whole batch in ascending order: 0 (unsure), 8, 7, 6, 5.
        assertThat(reliable(SarConfig.from(base).build(), batch)).isEqualTo(4);
        assertThat(reliable(SarConfig.from(base).gradientQuantile(1).build(), batch))
                .isEqualTo(4);
        assertThat(reliable(SarConfig.from(base).gradientQuantile(0.5).build(), batch))
                .isEqualTo(2);
        assertThat(reliable(SarConfig.from(base).gradientQuantile(0.25).build(), batch))
                .isEqualTo(1);
        assertThat(reliable(
                        SarConfig.from(base).maxGradientNorm(gradientNorm(6.5)).build(), batch))
                .isEqualTo(2);
        assertThat(reliable(
                        SarConfig.from(base)
                                .maxGradientNorm(gradientNorm(6.5))
                                .gradientQuantile(0.25)
                                .build(),
                        batch))
                .isEqualTo(1);
    }

    /** Nine samples alike and one whose own gradient is 3 times as long, with rho 0 so that the step is their mean. */
    @Test
    void aSampleOfGreatInfluenceIsClippedToAMultipleOfTheMedian() {
        float[][] samples = new float[10][];
        Arrays.fill(samples, new float[] {6, 0});
        samples[9] = new float[] {0, 4};
        Batch batch = LinearModel.batch(samples);
        SarConfig base = SarConfig.published()
                .rho(0)
                .momentum(0)
                .learningRate(1)
                .resetThreshold(0)
                .layers("all")
                .build();
        double ordinary = gradientNorm(6);
        double great = gradientNorm(4);
        assertThat(great / ordinary).isBetween(2.0, 5.0);
        Vector unclipped = moved(base, batch);
        Vector clipped = moved(SarConfig.from(base).maxSampleInfluence(1.5).build(), batch);
        Vector alone = moved(base, LinearModel.batch(samples[9]));

        // What is missing is the part of the tenth sample's gradient that is above 1.5 medians.
        double missing = (1 - 1.5 * ordinary / great) / 10;
        assertThat(unclipped.minus(clipped).minus(alone.times((float) missing)).norm())
                .isLessThan(1e-6);
        assertThat(moved(SarConfig.from(base).maxSampleInfluence(10).build(), batch))
                .as("no bit changes where no sample is clipped")
                .isEqualTo(unclipped);
    }

    private Vector moved(SarConfig config, Batch batch) {
        State start = State.of(model.source());
        return step(Sar.of(config), start, batch).state().theta().minus(start.theta());
    }

    private int reliable(SarConfig config, Batch batch) {
        StepReport report =
                step(Sar.of(config), State.of(model.source()), batch).report();
        assertThat(report.adaptedSamples())
                .as("the second pass asks for the margin alone")
                .isEqualTo(report.reliable());
        return report.reliable();
    }

    private static double gradientNorm(double d) {
        double p = 1 / (1 + Math.exp(-d));
        return p * (1 - p) * d * Math.sqrt(2 + d * d);
    }

    @Test
    void interactingSamplesAreRefusedWithAGradientFilter() {
        LinearModel interacting = LinearModel.withInteractingSamples(2, "norm");

        assertThatThrownBy(() ->
                        Sar.of(SarConfig.published().maxGradientNorm(2).build()).initial(interacting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sar.maxGradientNorm must be off")
                .hasMessageContaining("2.0");
        assertThatThrownBy(
                        () -> Sar.of(SarConfig.published().gradientQuantile(0.5).build())
                                .initial(interacting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sar.gradientQuantile must be off")
                .hasMessageContaining("0.5");
        assertThatThrownBy(() ->
                        Sar.of(SarConfig.custom().maxSampleInfluence(3).build()).initial(interacting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sar.maxSampleInfluence must be off");
        assertThat(Sar.ofDefaults().initial(interacting)).isEqualTo(State.of(interacting.source()));
    }

    @Test
    void aPatternThatMatchesNoLayerIsRefusedAtTheStart() {
        Sar sar = Sar.of(SarConfig.published().layers("layer1.*").build());

        assertThatThrownBy(() -> AdaptiveModel.of(model, sar))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sar.layers must match norm layers of the model, but 'layer1.*' matches none of [norm]");
    }

    @Test
    void theSameStreamGivesTheSameBits() {
        assertThat(replay()).isEqualTo(replay());
    }

    private State replay() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, Sar.ofDefaults());
        Random random = new Random(6);
        for (int k = 0; k < 5; k++) {
            adaptive.predict(LinearModel.batch(random(16, 2, 4, random)));
        }
        assertThat(adaptive.counters().steps()).isPositive();
        return adaptive.state();
    }
}
