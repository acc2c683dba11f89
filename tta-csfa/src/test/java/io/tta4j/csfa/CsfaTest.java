package io.tta4j.csfa;

import static io.tta4j.csfa.Clouds.CAT;
import static io.tta4j.csfa.Clouds.COW;
import static io.tta4j.csfa.Clouds.DOG;
import static io.tta4j.csfa.Clouds.FOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.AdaptiveModel;
import io.tta4j.UnknownSample;
import io.tta4j.csfa.CsfaConfig.Centring;
import io.tta4j.csfa.CsfaConfig.Supports;
import io.tta4j.csfa.prototype.SourcePrototypes;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.Recognition;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.sar.Sar;
import io.tta4j.sar.SarConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CSFA on clouds of features: four classes on four axes, two of them the model's. */
class CsfaTest {

    private static final double ALPHA = 0.7;

    private final FeatureModel model = Clouds.model();

    /** Of a step that moves theta at each batch and resets nothing. */
    private static void settings(SarConfig.Builder sar) {
        sar.learningRate(0.05).margin(0.65).resetThreshold(0);
    }

    /** With source prototypes; features are compared as they are, less the source's mean. */
    private static CsfaConfig.Builder plain() {
        return CsfaConfig.custom()
                .adaptation(CsfaConfig.Adaptation.NONE)
                .rsgs(rsgs -> rsgs.alpha(ALPHA).sar(CsfaTest::settings))
                .prototypes(Clouds.prototypes())
                .lambda(0)
                .tau(16)
                .shrinkage(1)
                .centring(Centring.SOURCE)
                .supports(Supports.SOURCE)
                .headWeight(0)
                .newClassMargin(0)
                .followRate(0);
    }

    private static CsfaConfig.Builder sourceFree() {
        CsfaConfig.Builder builder = CsfaConfig.custom();
        return builder.adaptation(CsfaConfig.Adaptation.NONE)
                .rsgs(rsgs -> rsgs.alpha(ALPHA).sar(CsfaTest::settings))
                .lambda(0)
                .headWeight(0)
                .newClassMargin(0)
                .followRate(0);
    }

    private static Csfa csfa(CsfaConfig.Builder config) {
        return Csfa.of(config.build());
    }

    private Answer answer(Csfa csfa, State state, Batch batch) {
        try (Pass pass = model.forward(batch, state.theta())) {
            return csfa.answer(pass, state);
        }
    }

    private Recognition recognition(Csfa csfa, State state, Batch batch) {
        return answer(csfa, state, batch).recognition().orElseThrow();
    }

    private Adaptation step(Method method, State state, Batch batch) {
        try (Pass pass = model.forward(batch, state.theta())) {
            return method.adapt(model, pass, state);
        }
    }

    private State steps(Method method, State begin, int count) {
        State state = begin;
        for (int k = 0; k < count; k++) {
            state = step(method, state, Clouds.batch(k, Clouds.base(32))).state();
        }
        return state;
    }

    private static void assertClose(Vector found, double within, double... expected) {
        assertThat(found.size()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) found.get(i)).as("value %d", i).isCloseTo(expected[i], within(within));
        }
    }

    private static double[] meanOf(Matrix rows) {
        double[] mean = new double[rows.columns()];
        for (int row = 0; row < rows.rows(); row++) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += rows.get(row, i) / (double) rows.rows();
            }
        }
        return mean;
    }

    private static double[] unit(double... vector) {
        double square = 0;
        for (double value : vector) {
            square += value * value;
        }
        double[] unit = vector.clone();
        for (int i = 0; i < unit.length; i++) {
            unit[i] /= Math.sqrt(square);
        }
        return unit;
    }

    private static double[] minus(double[] vector, double... other) {
        double[] difference = vector.clone();
        for (int i = 0; i < other.length; i++) {
            difference[i] -= other[i];
        }
        return difference;
    }

    private static double dot(double[] vector, double... other) {
        double sum = 0;
        for (int i = 0; i < other.length; i++) {
            sum += vector[i] * other[i];
        }
        return sum;
    }

    private static double[] doubles(float... values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    private static double[] prototype(State state, int classes, int column) {
        Vector prototypes = state.vector("prototypes", Vector.of());
        double[] values = new double[prototypes.size() / classes];
        for (int i = 0; i < values.length; i++) {
            values[i] = prototypes.get(i * classes + column);
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void namesNewClassesFromAFewSamples(int k) {
        Csfa csfa = csfa(plain());
        State state = csfa.initial(model);
        state = csfa.register(
                model, state, "fox", Clouds.batch(1, FOX, FOX, FOX, FOX, FOX).select(first(k)));
        state = csfa.register(
                model, state, "cow", Clouds.batch(2, COW, COW, COW, COW, COW).select(first(k)));

        Recognition recognition = recognition(csfa, state, Clouds.batch(3, COW, CAT, FOX, DOG, DOG, COW, FOX, CAT));

        assertThat(csfa.classes(state)).containsExactly("cat", "dog", "fox", "cow");
        assertThat(recognition.classes()).isEqualTo(csfa.classes(state));
        assertThat(List.of(0, 1, 2, 3, 4, 5, 6, 7).stream().map(recognition::name))
                .containsExactly("cow", "cat", "fox", "dog", "dog", "cow", "fox", "cat");
    }

    private static int[] first(int k) {
        int[] rows = new int[k];
        for (int i = 0; i < k; i++) {
            rows[i] = i;
        }
        return rows;
    }

    /** Cosines to the classes' means less the source's mean, and the energy, in double precision. */
    @Test
    void answersByCosinesAndEnergy() {
        SourcePrototypes source = Clouds.prototypes();
        Csfa csfa = csfa(plain());
        Matrix supports = Clouds.features(1, FOX, FOX, FOX);
        State state = csfa.register(model, csfa.initial(model), "fox", FeatureModel.batch(supports));
        Matrix samples = Clouds.features(4, CAT, DOG, FOX, COW);

        Answer answer = answer(csfa, state, FeatureModel.batch(samples));

        Recognition recognition = answer.recognition().orElseThrow();
        double[] origin = meanOf(source.means());
        double[] cat = minus(doubles(source.means().row(0)), origin);
        double[] dog = minus(doubles(source.means().row(1)), origin);
        double[] fox = minus(meanOf(supports), origin);
        // The mean of three lies further out than its class by a third of their spread.
        double radius = Math.sqrt(dot(fox, fox) - trace(source.covariance()) / 3);
        for (int row = 0; row < samples.rows(); row++) {
            double[] x = minus(doubles(samples.row(row)), origin);
            assertClose(
                    Vector.of(recognition.scores().row(row)),
                    1e-5,
                    dot(unit(x), unit(cat)),
                    dot(unit(x), unit(dog)),
                    dot(unit(x), unit(fox)));
            double energy = -Math.log(Math.exp(dot(x, cat) - dot(cat, cat) / 2)
                    + Math.exp(dot(x, dog) - dot(dog, dog) / 2)
                    + Math.exp(radius * dot(x, unit(fox)) - radius * radius / 2));
            assertThat((double) recognition.unknown().get(row)).isCloseTo(energy, within(1e-4));
        }
        assertThat(recognition.threshold()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    private static double trace(Matrix matrix) {
        double trace = 0;
        for (int i = 0; i < matrix.rows(); i++) {
            trace += matrix.get(i, i);
        }
        return trace;
    }

    @Test
    void leavesTheModelsOwnAnswerAsItIs() {
        Csfa csfa = csfa(plain().headWeight(1).newClassMargin(0.1));
        State state = csfa.register(model, csfa.initial(model), "fox", Clouds.batch(1, FOX));
        try (Pass pass = model.forward(Clouds.batch(4, CAT, FOX), state.theta())) {
            Answer answer = csfa.answer(pass, state);

            assertThat(answer.logits()).isSameAs(pass.logits());
            assertThat(answer.output()).isEqualTo(pass.output());
        }
    }

    /** With 64 samples' worth of the source's mean, and a batch that lies all aside. */
    @Test
    void takesWhatTheStreamHasInCommonOffItsSamples() {
        Csfa csfa = csfa(plain().centring(Centring.STREAM));
        double[] origin = meanOf(Clouds.prototypes().means());
        Matrix aside = Clouds.features(5, Clouds.base(16)).minusRow(Vector.of(-2, 0, 1, 0));

        State state = step(csfa, csfa.initial(model), FeatureModel.batch(aside)).state();

        double[] mean = new double[4];
        for (int i = 0; i < 4; i++) {
            mean[i] = (64 * origin[i] + 16 * meanOf(aside)[i]) / 80;
        }
        assertClose(state.vector("stream.mean", Vector.of()), 1e-6, mean);
        Matrix sample = aside.select(3);
        double[] x = minus(doubles(sample.row(0)), mean);
        double[] cat = minus(doubles(Clouds.prototypes().means().row(0)), origin);
        assertThat((double) recognition(csfa, state, FeatureModel.batch(sample))
                        .scores()
                        .get(0, 0))
                .isCloseTo(dot(unit(x), unit(cat)), within(1e-5));
    }

    @Test
    void moreSupportsAreAsAllAtOnce() {
        Csfa csfa = csfa(plain().lambda(0.4));
        Matrix supports = Clouds.features(1, FOX, FOX, FOX, FOX, FOX);
        State initial = csfa.initial(model);
        State atOnce = csfa.register(model, initial, "fox", FeatureModel.batch(supports));

        State later = csfa.register(model, initial, "fox", FeatureModel.batch(supports.select(0, 1)));
        later = csfa.addSupports(model, later, "fox", FeatureModel.batch(supports.select(2)));
        later = csfa.addSupports(model, later, "fox", FeatureModel.batch(supports.select(3, 4)));

        assertThat(later.vectors().keySet()).isEqualTo(atOnce.vectors().keySet());
        for (String name : atOnce.vectors().keySet()) {
            Vector expected = atOnce.vector(name, Vector.of());
            assertClose(later.vector(name, Vector.of()), 1e-6, doubles(expected.toArray()));
        }
        assertThat(later.vector("supports.counts", Vector.of())).isEqualTo(Vector.of(5));
        assertClose(later.vector("supports.means", Vector.of()), 1e-6, meanOf(supports));
        assertThat(csfa.reset(model, later)).as("embedded again").isEqualTo(csfa.reset(model, atOnce));
    }

    @Test
    void moreSupportsThanAreKeptStillCount() {
        Csfa csfa = csfa(plain().supportMegabytes(0));
        Matrix supports = Clouds.features(1, FOX, FOX, FOX);

        State state = csfa.register(model, csfa.initial(model), "fox", FeatureModel.batch(supports.select(0, 1)));
        state = csfa.addSupports(model, state, "fox", FeatureModel.batch(supports.select(2)));

        assertThat(state.vector("supports.counts", Vector.of())).isEqualTo(Vector.of(3));
        assertClose(state.vector("supports.means", Vector.of()), 1e-6, meanOf(supports));
    }

    @Test
    void aRemovedClassLeavesNothing() {
        Csfa csfa = csfa(plain().lambda(0.4));
        State initial = csfa.initial(model);
        Batch foxes = Clouds.batch(1, FOX, FOX);
        Batch cows = Clouds.batch(2, COW, COW);
        State cow = csfa.register(model, initial, "cow", cows);
        State both = csfa.register(model, csfa.register(model, initial, "fox", foxes), "cow", cows);

        State without = csfa.remove(both, "fox");

        assertThat(without).isEqualTo(cow);
        assertThat(recognition(csfa, without, Clouds.batch(3, COW)).scores().argmax(0))
                .as("moves up")
                .isEqualTo(2);
        assertThat(csfa.remove(without, "cow")).isEqualTo(initial);
        State again = csfa.register(model, without, "fox", foxes);
        assertThat(csfa.classes(again)).containsExactly("cat", "dog", "cow", "fox");
        assertThat(again).isEqualTo(csfa.register(model, cow, "fox", foxes));
    }

    /** Theta, momentum, average and counts are the step's alone, whatever prototypes do. */
    @ParameterizedTest
    @CsvSource({"false, 0", "true, 0.02"})
    void thetaMovesByRsgsBitForBit(boolean registers, double followRate) {
        Csfa csfa = csfa(plain().adaptation(CsfaConfig.Adaptation.RSGS)
                .centring(Centring.STREAM)
                .followRate(followRate)
                .followMargin(0));
        Rsgs rsgs =
                Rsgs.of(RsgsConfig.custom().alpha(ALPHA).sar(CsfaTest::settings).build());
        assertSameTheta(csfa, rsgs, registers);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void orBySarsBitForBit(boolean registers) {
        SarConfig.Builder sar = SarConfig.custom().rho(RsgsConfig.DEFAULT_RHO).margin(RsgsConfig.DEFAULT_MARGIN);
        settings(sar);

        assertSameTheta(csfa(plain().adaptation(CsfaConfig.Adaptation.SAR)), Sar.of(sar.build()), registers);
    }

    private void assertSameTheta(Csfa csfa, Method reference, boolean registers) {
        State state = csfa.initial(model);
        State expected = reference.initial(model);
        for (int k = 0; k < 6; k++) {
            if (registers && k < 3) {
                state = csfa.register(model, state, "new" + k, Clouds.batch(100 + k, FOX, COW));
            }
            Batch batch = Clouds.batch(k, Clouds.base(32));
            Adaptation adaptation = step(csfa, state, batch);
            Adaptation other = step(reference, expected, batch);
            state = adaptation.state();
            expected = other.state();

            assertThat(adaptation.report()).isEqualTo(other.report());
            assertThat(adaptation.report().adaptedSamples()).isPositive();
            assertThat(state.theta()).isEqualTo(expected.theta());
            assertThat(state.vector("momentum", Vector.of())).isEqualTo(expected.vector("momentum", Vector.of()));
            assertThat(state.scalar("lossAverage")).isEqualTo(expected.scalar("lossAverage"));
        }
        assertThat(state.theta()).isNotEqualTo(model.source());
    }

    @Test
    void orNotAtAll() {
        Csfa csfa = csfa(plain());
        Batch batch = Clouds.batch(1, Clouds.base(32));

        Adaptation adaptation = step(csfa, csfa.initial(model), batch);

        assertThat(adaptation.report()).isEqualTo(StepReport.skipped(32, 0));
        assertThat(adaptation.state().theta()).isEqualTo(model.source());
        assertThat(adaptation.state().scalar("unknown.count")).hasValue(32);
    }

    /** One class a step: its mean is that of its features at the new theta. */
    @Test
    void embedsSupportsAgainInTurnAsThetaMoves() {
        Csfa csfa = csfa(plain().adaptation(CsfaConfig.Adaptation.RSGS));
        Matrix foxes = Clouds.features(1, FOX, FOX, FOX);
        Matrix cows = Clouds.features(2, COW);
        State state = csfa.register(model, csfa.initial(model), "fox", FeatureModel.batch(foxes));
        state = csfa.register(model, state, "cow", FeatureModel.batch(cows));
        double[] foxMean = meanOf(foxes);
        double[] cowMean = meanOf(cows);
        double[] origin = meanOf(Clouds.prototypes().means());

        for (int k = 0; k < 5; k++) {
            state = step(csfa, state, Clouds.batch(k, Clouds.base(32))).state();
            if (k % 2 == 0) {
                foxMean = at(state.theta(), foxes);
            } else {
                cowMean = at(state.theta(), cows);
            }
            Vector means = state.vector("supports.means", Vector.of());
            assertClose(Vector.of(means.slice(0, 4)), 1e-5, foxMean);
            assertClose(Vector.of(means.slice(4, 4)), 1e-5, cowMean);
            assertClose(Vector.of(state.vector("supports.counts", Vector.of()).toArray()), 0, 3, 1);
            double[] fox = unit(minus(foxMean, origin));
            double[] cow = unit(minus(cowMean, origin));
            for (int i = 0; i < 4; i++) {
                assertThat(prototype(state, 4, 2)[i]).isCloseTo(fox[i], within(1e-5));
                assertThat(prototype(state, 4, 3)[i]).isCloseTo(cow[i], within(1e-5));
            }
        }
        assertThat(foxMean).isNotEqualTo(meanOf(foxes));
    }

    /** The mean features of inputs at a theta. */
    private static double[] at(Vector theta, Matrix inputs) {
        double[] mean = meanOf(inputs);
        for (int i = 0; i < mean.length; i++) {
            mean[i] = mean[i] * theta.get(i) + theta.get(mean.length + i);
        }
        return mean;
    }

    @Test
    void prototypesStayWhereInputsAreNotKept() {
        Csfa csfa = csfa(plain().adaptation(CsfaConfig.Adaptation.RSGS).supportMegabytes(0));
        State registered = csfa.register(model, csfa.initial(model), "fox", Clouds.batch(1, FOX));

        State state = steps(csfa, registered, 3);

        assertThat(state.theta()).isNotEqualTo(registered.theta());
        assertThat(state.vector("supports.means", Vector.of()))
                .isEqualTo(registered.vector("supports.means", Vector.of()));
        assertThat(prototype(state, 3, 2)).isEqualTo(prototype(registered, 3, 2));
    }

    @Test
    void aResetForgetsTheStreamAndKeepsClasses() {
        Csfa csfa = csfa(plain().adaptation(CsfaConfig.Adaptation.RSGS)
                .centring(Centring.STREAM)
                .lambda(0.3)
                .followRate(0.05)
                .followMargin(0));
        State told = csfa.register(model, csfa.initial(model), "fox", Clouds.batch(1, FOX, FOX));
        told = csfa.register(model, told, "cow", Clouds.batch(2, COW));
        State streamed = steps(csfa, told, 5);
        assertThat(streamed).isNotEqualTo(told);

        assertThat(csfa.reset(model, streamed)).isEqualTo(told);
    }

    /** Registered at the source's theta, so that the supports' means are those of the source. */
    @Test
    void aResetForgetsWhatPrototypesFollowedWhereInputsAreNotKeptToo() {
        Csfa csfa = csfa(plain().lambda(0.3)
                .supportMegabytes(0)
                .followRate(0.05)
                .followMargin(0)
                .followGuard(0));
        State told = csfa.register(model, csfa.initial(model), "fox", Clouds.batch(1, FOX, FOX));
        State streamed = step(csfa, told, Clouds.batch(2, FOX, FOX, FOX)).state();
        assertThat(prototype(streamed, 3, 2)).isNotEqualTo(prototype(told, 3, 2));

        assertThat(csfa.reset(model, streamed)).isEqualTo(told);
    }

    /** The step's own reset, on collapse, is of theta alone. */
    @Test
    void aCollapseKeepsClassesAndTheirInputs() {
        Csfa csfa = csfa(plain().adaptation(CsfaConfig.Adaptation.RSGS).sar(sar -> sar.resetThreshold(10)));
        State told = csfa.register(model, csfa.initial(model), "fox", Clouds.batch(1, FOX, FOX));

        Adaptation adaptation = step(csfa, told, Clouds.batch(2, Clouds.base(32)));

        assertThat(adaptation.report().reset()).isTrue();
        assertThat(adaptation.state().theta()).isEqualTo(model.source());
        assertThat(csfa.classes(adaptation.state())).containsExactly("cat", "dog", "fox");
        assertThat(adaptation.state().vectors().keySet())
                .containsAll(told.vectors().keySet());
    }

    /** Drawn by 0.1 towards the one sample of it that came; others stay. */
    @Test
    void prototypesFollowTheirSamples() {
        Csfa csfa = csfa(plain().followRate(0.1).followMargin(0.1).followGuard(0));
        State told = csfa.register(model, csfa.initial(model), "fox", Clouds.batch(1, FOX));
        Matrix sample = Clouds.features(2, FOX);

        State state = step(csfa, told, FeatureModel.batch(sample)).state();

        double[] before = prototype(told, 3, 2);
        double[] x =
                unit(minus(doubles(sample.row(0)), meanOf(Clouds.prototypes().means())));
        double[] expected = new double[4];
        for (int i = 0; i < 4; i++) {
            expected[i] = 0.9 * before[i] + 0.1 * x[i];
        }
        expected = unit(expected);
        for (int i = 0; i < 4; i++) {
            assertThat(prototype(state, 3, 2)[i]).isCloseTo(expected[i], within(1e-6));
        }
        assertThat(prototype(state, 3, 0)).isEqualTo(prototype(told, 3, 0));
        assertThat(state.vector("prototypes.anchors", Vector.of()))
                .isEqualTo(told.vector("prototypes.anchors", Vector.of()));
    }

    @ParameterizedTest
    @EnumSource(CsfaConfig.Adaptation.class)
    void theSameStreamGivesTheSameBits(CsfaConfig.Adaptation adaptation) {
        State[] states = new State[2];
        Recognition[] recognitions = new Recognition[2];
        for (int run = 0; run < 2; run++) {
            Csfa csfa = csfa(plain().adaptation(adaptation)
                    .centring(Centring.STREAM)
                    .shrinkage(0.3)
                    .lambda(0.4)
                    .headWeight(1)
                    .followRate(0.05));
            State state = csfa.register(model, csfa.initial(model), "fox", Clouds.batch(1, FOX, FOX));
            state = steps(csfa, state, 3);
            state = csfa.register(model, state, "cow", Clouds.batch(2, COW));
            states[run] = steps(csfa, state, 3);
            recognitions[run] = recognition(csfa, states[run], Clouds.batch(3, CAT, DOG, FOX, COW));
        }

        assertThat(states[1]).isEqualTo(states[0]);
        assertThat(recognitions[1]).isEqualTo(recognitions[0]);
    }

    /** Rows (3, 4) and (0, -2), less their mean (1.5, 1), are (1.5, 3) and its opposite. */
    @Test
    void withoutSourceDataPrototypesAreTheClassifiersRowsLessTheirMean() {
        FeatureModel other = FeatureModel.of(Matrix.of(2, 2, new float[] {3, 4, 0, -2}));
        Csfa csfa = csfa(sourceFree());

        State state = csfa.initial(other);

        assertThat(csfa.classes(state)).containsExactly("0", "1");
        for (int i = 0; i < 2; i++) {
            double along = (i + 1) / Math.sqrt(5);
            assertThat(prototype(state, 2, 0)[i]).isCloseTo(along, within(1e-6));
            assertThat(prototype(state, 2, 1)[i]).isCloseTo(-along, within(1e-6));
        }
        try (Pass pass = other.forward(FeatureModel.batch(new float[] {2, 1}), state.theta())) {
            Recognition recognition = csfa.answer(pass, state).recognition().orElseThrow();
            double energy = -Math.log(Math.exp(10) + Math.exp(-2));
            assertThat((double) recognition.unknown().get(0)).isCloseTo(energy, within(1e-5));
            assertThat((double) recognition.scores().get(0, 0)).isCloseTo(0.8, within(1e-6));
            assertThat((double) recognition.scores().get(0, 1)).isCloseTo(-0.8, within(1e-6));
        }
    }

    /** What lies far from the middle, as features behind a ReLU do, is much like any support of a new class. */
    private static Matrix shifted(Matrix features) {
        return features.minusRow(Vector.of(-9, -9, -9, -9));
    }

    @Test
    void withoutSourceDataTheFirstBatchIsTheClassifiers() {
        Csfa csfa = csfa(sourceFree());
        State state = csfa.register(
                model, csfa.initial(model), "fox", FeatureModel.batch(shifted(Clouds.features(1, FOX, FOX))));
        Batch first = FeatureModel.batch(shifted(Clouds.features(2, CAT, DOG, DOG, CAT, CAT, FOX, DOG, CAT)));

        Answer answer = answer(csfa, state, first);

        for (int row = 0; row < first.rows(); row++) {
            assertThat(answer.recognition().orElseThrow().scores().argmax(row))
                    .isEqualTo(answer.logits().argmax(row));
        }
        state = step(csfa, state, first).state();
        Recognition second =
                recognition(csfa, state, FeatureModel.batch(shifted(Clouds.features(3, FOX, CAT, DOG, FOX))));
        assertThat(List.of(0, 1, 2, 3).stream().map(second::name)).containsExactly("fox", "0", "1", "fox");
    }

    /** A new class's cosine counts for less by one over the root of how many samples the mean is of. */
    @ParameterizedTest
    @CsvSource({"1, 0", "4, 0.1", "25, 0.1"})
    void withoutSourceDataNewClassesWaitForTheMean(int samples, double newClassMargin) {
        Csfa csfa = csfa(sourceFree().newClassMargin(newClassMargin));
        Matrix foxes = Clouds.features(1, FOX, FOX);
        Matrix seen = Clouds.features(2, Clouds.base(samples));
        State state = csfa.register(model, csfa.initial(model), "fox", FeatureModel.batch(foxes));
        state = step(csfa, state, FeatureModel.batch(seen)).state();
        Matrix samplesLater = Clouds.features(3, CAT, FOX, COW);

        Recognition recognition = recognition(csfa, state, FeatureModel.batch(samplesLater));

        double[] mean = meanOf(seen);
        double[] cat = {Math.sqrt(0.5), -Math.sqrt(0.5), 0, 0};
        double[] fox = unit(minus(meanOf(foxes), mean));
        for (int row = 0; row < samplesLater.rows(); row++) {
            float[] sample = samplesLater.row(row);
            double[] x = unit(minus(doubles(sample), mean));
            double base = dot(x, cat);
            double named = dot(x, fox) - 1 / Math.sqrt(samples);
            assertClose(Vector.of(recognition.scores().row(row)), 1e-5, base, -base, named - newClassMargin);
            double energy = Math.log(Math.exp(sample[0]) + Math.exp(sample[1]));
            double nearer = Math.max(0, named - Math.abs(base));
            assertThat((double) recognition.unknown().get(row)).isCloseTo(-energy - 16 * nearer, within(1e-4));
        }
    }

    /** Also where theta moves, and supports are given at another time than the rest. */
    @Test
    void withoutSourceDataSupportsAreCentredOnTheStreamAsItIs() {
        Csfa csfa = csfa(sourceFree().adaptation(CsfaConfig.Adaptation.RSGS));
        Matrix foxes = Clouds.features(1, FOX, FOX, FOX);
        Matrix cows = Clouds.features(2, COW);
        State state = csfa.register(model, csfa.initial(model), "fox", FeatureModel.batch(foxes.select(0)));
        state = csfa.register(model, state, "cow", FeatureModel.batch(cows));
        for (int k = 0; k < 4; k++) {
            if (k == 2) {
                state = csfa.addSupports(model, state, "fox", FeatureModel.batch(foxes.select(1, 2)));
            }
            state = step(csfa, state, Clouds.batch(10 + k, Clouds.base(32))).state();

            double[] middle = doubles(state.vector("stream.mean", Vector.of()).toArray());
            Vector means = state.vector("supports.means", Vector.of());
            for (int c = 0; c < 2; c++) {
                double[] expected = unit(minus(doubles(means.slice(4 * c, 4)), middle));
                for (int i = 0; i < 4; i++) {
                    assertThat(prototype(state, 4, 2 + c)[i]).isCloseTo(expected[i], within(1e-5));
                }
            }
        }
        assertThat(state.theta()).isNotEqualTo(model.source());
    }

    @Test
    void supportsOfTheStreamAreCentredOnIt() {
        Csfa csfa = csfa(plain().supports(Supports.STREAM).centring(Centring.STREAM));
        State state = steps(csfa, csfa.initial(model), 2);
        Vector mean = state.vector("stream.mean", Vector.of());
        Matrix foxes = Clouds.features(3, FOX, FOX);

        State fox = csfa.register(model, state, "fox", FeatureModel.batch(foxes));

        assertThat(fox.vector("supports.origins", Vector.of())).isEqualTo(mean);
        double[] expected = unit(minus(meanOf(foxes), doubles(mean.toArray())));
        for (int i = 0; i < 4; i++) {
            assertThat(prototype(fox, 3, 2)[i]).isCloseTo(expected[i], within(1e-5));
        }
    }

    /** From flagged to named: 40 cats and dogs pass, a fox is flagged, handed out, registered and recognised. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUnknownSampleIsFlaggedNamedAndRecognised(boolean withSource) {
        CsfaConfig.Builder config = withSource ? plain() : sourceFree();
        AdaptiveModel adaptive = AdaptiveModel.of(model, csfa(config.unknownDeviations(4)));
        for (int k = 0; k < 10; k++) {
            adaptive.predict(Clouds.batch(k, CAT, DOG, DOG, CAT));
        }
        assertThat(adaptive.drainUnknowns()).isEmpty();

        Recognition recognition =
                adaptive.predict(Clouds.batch(50, CAT, FOX, DOG)).recognition().orElseThrow();

        assertThat(recognition.threshold()).isFinite();
        assertThat(recognition.isFlagged(0)).isFalse();
        assertThat(recognition.isFlagged(1)).isTrue();
        assertThat(recognition.isFlagged(2)).isFalse();
        List<UnknownSample> unknown = adaptive.drainUnknowns();
        assertThat(unknown).hasSize(1);
        assertThat(unknown.get(0).request()).isEqualTo(11);
        assertThat(unknown.get(0).row()).isEqualTo(1);
        assertThat(unknown.get(0).score()).isEqualTo(recognition.unknown().get(1));

        adaptive.register("fox", unknown.get(0).sample());

        assertThat(adaptive.predict(Clouds.batch(51, FOX))
                        .recognition()
                        .orElseThrow()
                        .name(0))
                .isEqualTo("fox");
    }

    /** A sample that is not finite counts for nothing, and the others of its batch do. */
    @Test
    void adaptsBesideASampleThatIsNotFinite() {
        Csfa csfa = csfa(plain().adaptation(CsfaConfig.Adaptation.RSGS)
                .centring(Centring.STREAM)
                .followRate(0.05));
        AdaptiveModel adaptive = AdaptiveModel.of(model, csfa);
        adaptive.register("fox", Clouds.batch(1, FOX));
        float[] broken = {Float.NaN, 0, 0, 0};
        Matrix good = Clouds.features(2, Clouds.base(8));

        adaptive.predict(FeatureModel.batch(Matrix.concatenate(List.of(good, Matrix.of(1, 4, broken)))));

        assertThat(adaptive.counters().rejected()).isZero();
        assertThat(adaptive.counters().steps()).isEqualTo(1);
        assertThat(adaptive.state().isFinite()).isTrue();
        assertThat(adaptive.state().scalar("unknown.count")).hasValue(8);
    }

    @Test
    void saysWhatItIs() {
        Csfa csfa = csfa(plain().keptUnknowns(7).sar(sar -> sar.statistics("batch")));

        assertThat(csfa.name()).isEqualTo("csfa");
        assertThat(csfa.keptUnknowns()).isEqualTo(7);
        assertThat(csfa.statistics()).isEqualTo(Statistics.BATCH);
        assertThat(Csfa.ofDefaults().config()).isEqualTo(CsfaConfig.ofDefaults());
    }
}
