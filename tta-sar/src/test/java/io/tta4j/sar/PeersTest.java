package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.sar.fisher.Fisher;
import io.tta4j.sar.objective.ConservativeEntropy;
import io.tta4j.sar.objective.SoftLikelihoodRatio;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What must hold of the methods beside SAR and Tent: where they are one another, bit for bit, and where they step not.
 */
class PeersTest {

    private static final int CLASSES = 5;
    private static final int SIDE = 8;
    private static final float[] UNSURE = new float[CLASSES];

    /** The projection copies the first pixels, so that these are logits. */
    private final ImageModel model =
            ImageModel.of(LinearModel.of(CLASSES, "a", "b", "c", "d"), Matrix.of(CLASSES, SIDE * SIDE, firstPixels()));

    private static float[] firstPixels() {
        float[] projection = new float[CLASSES * SIDE * SIDE];
        for (int k = 0; k < CLASSES; k++) {
            projection[k * SIDE * SIDE + k] = 1;
        }
        return projection;
    }

    private Batch batch(float[]... logits) {
        float[] pixels = new float[logits.length * SIDE * SIDE];
        for (int row = 0; row < logits.length; row++) {
            System.arraycopy(logits[row], 0, pixels, row * SIDE * SIDE, CLASSES);
        }
        return model.batch(pixels);
    }

    private Batch random(int rows, Random random) {
        float[][] logits = new float[rows][CLASSES];
        for (float[] row : logits) {
            for (int k = 0; k < CLASSES; k++) {
                row[k] = (float) (2.5 * random.nextGaussian());
            }
        }
        return batch(logits);
    }

    private static Adaptation step(AdaptableModel model, Method method, State state, Batch batch) {
        try (Pass pass = model.forward(batch, state.theta())) {
            return method.adapt(model, pass, state);
        }
    }

    private void assertSameSteps(Method one, Method other) {
        Random random = new Random(11);
        State left = one.initial(model);
        State right = other.initial(model);
        for (int k = 0; k < 6; k++) {
            Batch batch = random(32, random);
            left = step(model, one, left, batch).state();
            right = step(model, other, right, batch).state();
            assertThat(left.theta()).isEqualTo(right.theta());
            assertThat(left.vectors().get("momentum")).isEqualTo(right.vectors().get("momentum"));
        }
        assertThat(left.theta()).isNotEqualTo(model.source());
    }

    private static Sar filteredTent(double margin) {
        return Sar.of(SarConfig.published()
                .learningRate(0.1)
                .rho(0)
                .margin(margin)
                .resetThreshold(0)
                .build());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.6, 1.2})
    void eataWithoutWeightsFisherAndRedundancyIsFilteredTent(double margin) {
        Eata eata = Eata.of(EataConfig.custom()
                .margin(margin)
                .redundancy(2)
                .weights(false)
                .tent(config -> config.learningRate(0.1))
                .build());

        assertSameSteps(eata, filteredTent(margin));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.6, 1.2})
    void deyoWithoutDropAndWeightsIsFilteredTent(double margin) {
        Deyo deyo = Deyo.of(DeyoConfig.custom()
                .margin(margin)
                .drop(Double.NEGATIVE_INFINITY)
                .weights(false)
                .tent(config -> config.learningRate(0.1))
                .build());

        assertSameSteps(deyo, filteredTent(margin));
    }

    @Test
    void rdumbWithoutAPeriodIsEta() {
        Rdumb rdumb = Rdumb.of(RdumbConfig.custom().period(0).build());
        Random random = new Random(5);
        State left = rdumb.initial(model);
        State right = left;
        for (int k = 0; k < 6; k++) {
            Batch batch = random(32, random);
            Adaptation adaptation = step(model, rdumb, left, batch);
            left = adaptation.state();
            Adaptation eta = step(model, Eata.ofDefaults(), right, batch);
            right = eta.state();
            assertThat(left).isEqualTo(right);
            assertThat(adaptation.report()).isEqualTo(eta.report());
        }
        assertThat(left.theta()).isNotEqualTo(model.source());
    }

    @Test
    void rdumbStartsAgainAfterItsPeriod() {
        Rdumb rdumb = Rdumb.of(RdumbConfig.custom().period(2).build());
        Batch batch = random(32, new Random(5));
        State first = step(model, rdumb, rdumb.initial(model), batch).state();
        Adaptation second = step(model, rdumb, first, batch(UNSURE));

        assertThat(second.report().reset()).as("a batch without a step counts").isTrue();
        assertThat(second.state()).isEqualTo(rdumb.initial(model));
        assertThat(step(model, rdumb, second.state(), batch).state()).isEqualTo(first);
    }

    @Test
    void roidWithoutWeightsAndPullIsTheSoftLikelihoodRatioAlone() {
        Roid roid = Roid.of(RoidConfig.custom()
                .weights(false)
                .sourceMomentum(1)
                .tent(config -> config.learningRate(0.1))
                .build());
        Tent plain = Tent.of(TentConfig.custom()
                .learningRate(0.1)
                .objective(SoftLikelihoodRatio.INSTANCE)
                .build());

        assertSameSteps(roid, plain);
    }

    @Test
    void comeIsTentWithAnotherEntropy() {
        Tent tent = Tent.of(
                TentConfig.custom().objective(ConservativeEntropy.INSTANCE).build());

        assertSameSteps(Come.ofDefaults(), tent);
        assertThat(Come.ofDefaults().config().objective()).isEqualTo(ConservativeEntropy.INSTANCE);
    }

    static Stream<Method> filtering() {
        return Stream.of(
                Eata.ofDefaults(),
                Rdumb.ofDefaults(),
                Deyo.ofDefaults(),
                Deyo.of(DeyoConfig.custom().drop(-2).build()),
                Deyo.of(DeyoConfig.custom().drop(0.999).build()));
    }

    @ParameterizedTest
    @MethodSource("filtering")
    void aStepWithoutReliableSamplesIsSkipped(Method method) {
        State state = method.initial(model).with("momentum", Vector.zeros(40).plus(model.source()));

        Adaptation skipped = step(model, method, state, batch(UNSURE, UNSURE));

        assertThat(skipped.state().vectors()).isEqualTo(state.vectors());
        assertThat(skipped.report()).isEqualTo(StepReport.skipped(2, 0));
    }

    /** The same sure image all over: nothing in it drops, or it is redundant after the first. */
    @Test
    void aStepIsSkippedWhereTheSecondFilterLeavesNothing() {
        float[] sure = {9, 0, 0, 0, 0};
        Deyo deyo = Deyo.of(DeyoConfig.custom().drop(0.9999).build());
        Adaptation dropped = step(model, deyo, deyo.initial(model), batch(sure));
        assertThat(dropped.state()).isEqualTo(deyo.initial(model));
        assertThat(dropped.report()).isEqualTo(StepReport.skipped(1, 0));

        Eata eata = Eata.ofDefaults();
        State first = step(model, eata, eata.initial(model), batch(sure)).state();
        Adaptation redundant = step(model, eata, first, batch(sure));
        assertThat(first.theta()).isNotEqualTo(model.source());
        assertThat(redundant.state()).isEqualTo(first);
        assertThat(redundant.report()).isEqualTo(StepReport.skipped(1, 0));
    }

    static Stream<Method> robust() {
        return Stream.of(
                Eata.ofDefaults(),
                Rdumb.ofDefaults(),
                Deyo.of(DeyoConfig.custom().drop(-2).build()),
                Roid.ofDefaults(),
                Roid.of(RoidConfig.custom().weights(false).build()));
    }

    @ParameterizedTest
    @MethodSource("robust")
    void samplesThatAreNotFiniteAreLeftOut(Method method) {
        Batch spoilt = batch(
                new float[] {4, 0, 0, 0, 0},
                new float[] {Float.NaN, 0, 0, 0, 0},
                new float[] {0, Float.POSITIVE_INFINITY, 0, 0, 0},
                new float[] {0, 0, 0, 0, Float.NEGATIVE_INFINITY},
                new float[] {0, 6, 0, 0, 0});
        State state = method.initial(model);
        for (int k = 0; k < 3; k++) {
            Adaptation adaptation = step(model, method, state, spoilt);
            assertThat(adaptation.report().adaptedSamples()).isLessThanOrEqualTo(2);
            state = adaptation.state();
            assertThat(state.isFinite()).isTrue();
        }
        assertThat(state.theta()).isNotEqualTo(model.source());

        Batch hopeless = batch(new float[] {Float.NaN, 0, 0, 0, 0});
        Adaptation none = step(model, method, method.initial(model), hopeless);
        assertThat(none.report()).isEqualTo(StepReport.skipped(1, 0));
        assertThat(none.state().vectors()).isEqualTo(method.initial(model).vectors());
    }

    @ParameterizedTest
    @MethodSource("robust")
    void aBatchOfOneIsEnough(Method method) {
        State state = step(model, method, method.initial(model), batch(new float[] {4, 1, 0, 0, -1}))
                .state();

        assertThat(state.isFinite()).isTrue();
        assertThat(state.theta()).isNotEqualTo(model.source());
    }

    /** With no spread to scale by, the weight is 1: the plain loss. */
    @Test
    void roidsWeightOfASingleSampleIsOne() {
        Batch one = batch(new float[] {4, 1, 0, 0, -1});
        Roid weighted = Roid.ofDefaults();
        Roid plain = Roid.of(RoidConfig.custom().weights(false).build());

        assertThat(step(model, weighted, weighted.initial(model), one).state())
                .isEqualTo(step(model, plain, plain.initial(model), one).state());
    }

    @Test
    void fisherInformationHoldsWhatMatters() {
        float[] diagonal = new float[model.layout().size()];
        Arrays.fill(diagonal, 0, 10, 2);
        Fisher fisher = Fisher.of(model.layout(), Vector.of(diagonal));
        EataConfig eta =
                EataConfig.custom().tent(config -> config.learningRate(0.25)).build();
        Eata held =
                Eata.of(EataConfig.from(eta).fisher(fisher).fisherWeight(0.5).build());
        float[] moved = model.source().toArray();
        moved[0] += 1;
        moved[3] -= 2;
        State state = State.of(Vector.of(moved));
        Batch batch = random(32, new Random(2));

        Vector difference = step(model, held, state, batch)
                .state()
                .theta()
                .minus(step(model, Eata.of(eta), state, batch).state().theta());

        // By hand: -eta 2 beta F (theta - source) = -0.25 * 2 * (theta - source).
        assertThat(difference.get(0)).isCloseTo(-0.5f, within(1e-6f));
        assertThat(difference.get(3)).isCloseTo(1f, within(1e-6f));
        assertThat(difference.norm()).isCloseTo(Math.sqrt(1.25), within(1e-6));
    }

    @Test
    void fisherInformationOfAnotherModelIsRefused() {
        Fisher other = new Fisher(Map.of("conv.weight", Vector.of(1, 2)));
        Eata eata = Eata.of(EataConfig.custom().fisher(other).build());

        assertThatThrownBy(() -> AdaptiveModel.of(model, eata))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a.bias=5, a.weight=5")
                .hasMessageContaining("but was of {conv.weight=2}");
    }

    @Test
    void deyoWantsImages() {
        assertThatThrownBy(() -> AdaptiveModel.of(LinearModel.of(2, "norm"), Deyo.ofDefaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("inputs must be one of float32 images");
    }

    @Test
    void deyoGivesTheSameBitsAgain() {
        Deyo deyo = Deyo.of(DeyoConfig.custom().drop(0).build());
        Batch batch = random(32, new Random(3));

        State once = step(model, deyo, deyo.initial(model), batch).state();

        assertThat(step(model, deyo, deyo.initial(model), batch).state()).isEqualTo(once);
        assertThat(once.theta()).isNotEqualTo(model.source());
    }

    @Test
    void bnStepsNowhere() {
        Bn half = Bn.of(new Statistics(0.5));

        assertThat(half.statistics()).isEqualTo(new Statistics(0.5));
        assertThat(Bn.ofDefaults().statistics()).isEqualTo(Statistics.BATCH);
        assertThat(half.adapts()).isFalse();
        assertThatThrownBy(() -> AdaptiveModel.of(model, half))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("batch norm must be in the model");
    }

    /** By hand: two sure samples of class 0 and C = 2 give r = (1, 0), s = 1/2, a prior of 3/4 and 1/4. */
    @Test
    void thePriorCountsOnTheClassesOfTheBatch() {
        LinearModel two = LinearModel.of(2, "norm");
        Roid roid = Roid.ofDefaults();
        try (Pass pass = two.forward(LinearModel.batch(new float[] {90, 0}, new float[] {90, 0}), two.source())) {
            Answer answer = roid.answer(pass, roid.initial(two));
            assertThat(answer.logits().get(0, 0)).isCloseTo((float) (90 + Math.log(0.75)), within(1e-5f));
            assertThat(answer.logits().get(1, 1)).isCloseTo((float) Math.log(0.25), within(1e-5f));
            assertThat(answer.output()).isEqualTo(answer.logits());

            Roid off = Roid.of(RoidConfig.custom().priorCorrection(false).build());
            assertThat(off.answer(pass, off.initial(two)).logits()).isEqualTo(pass.logits());
        }
    }

    @Test
    void aCorrectedOutputKeepsItsForm() {
        LinearModel two = LinearModel.of(2, "norm");
        try (Pass pass = two.forward(LinearModel.batch(new float[] {0, 0}), two.source())) {
            ClassPrior prior = ClassPrior.of(Matrix.of(2, 2, new float[] {90, 0, 90, 0}));
            float half = (float) Math.log(0.5);
            Answer likely = prior.correct(new Output(pass, Matrix.of(1, 2, new float[] {0.5f, 0.5f})));
            Answer logs = prior.correct(new Output(pass, Matrix.of(1, 2, new float[] {half, half})));

            assertThat(likely.output().get(0, 0)).isCloseTo(0.75f, within(1e-6f));
            assertThat(likely.output().get(0, 1)).isCloseTo(0.25f, within(1e-6f));
            assertThat(logs.output().get(0, 0)).isCloseTo((float) Math.log(0.75), within(1e-6f));
            assertThat(likely.predictions()).containsExactly(0);
        }
    }

    @Test
    void thePriorOfASingleSampleChangesNoPrediction() {
        Random random = new Random(9);
        Roid roid = Roid.ofDefaults();
        for (int k = 0; k < 50; k++) {
            try (Pass pass = model.forward(random(1, random), model.source())) {
                assertThat(roid.answer(pass, roid.initial(model)).predictions())
                        .containsExactly(pass.logits().argmax(0));
            }
        }
    }

    @Test
    void rowsThatAreNotFiniteHaveNoPartInThePrior() {
        Matrix spoilt = Matrix.of(3, 2, new float[] {90, 0, Float.NaN, 0, 90, 0});
        Matrix whole = spoilt.select(0, 2);
        LinearModel two = LinearModel.of(2, "norm");
        try (Pass pass = two.forward(LinearModel.batch(new float[] {1, 2}), two.source())) {
            assertThat(ClassPrior.of(spoilt).correct(pass).logits())
                    .isEqualTo(ClassPrior.of(whole).correct(pass).logits());
            assertThat(ClassPrior.of(spoilt.select(1)).correct(pass).logits()).isEqualTo(pass.logits());
        }
    }

    @Test
    void layersThatMatchNothingAreRefusedByTheMethodsName() {
        List<Method> methods = List.of(
                Eata.of(EataConfig.custom().tent(config -> config.layers("x*")).build()),
                Rdumb.of(RdumbConfig.custom()
                        .eata(eata -> eata.tent(config -> config.layers("x*")))
                        .build()),
                Deyo.of(DeyoConfig.custom().tent(config -> config.layers("x*")).build()),
                Roid.of(RoidConfig.custom().tent(config -> config.layers("x*")).build()),
                Come.of(Come.custom().layers("x*").build()));
        for (Method method : methods) {
            assertThatThrownBy(() -> AdaptiveModel.of(model, method))
                    .hasMessageContaining(method.name() + ".layers must match norm layers");
        }
    }

    /** A pass of a model that ends in something else than its logits. */
    private static final class Output extends PassView {

        private final Matrix output;

        Output(Pass pass, Matrix output) {
            super(pass);
            this.output = output;
        }

        @Override
        public Matrix output() {
            return output;
        }
    }
}
