package io.tta4j.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.guard.Ruling.Outcome;
import io.tta4j.method.Adaptation;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each guard with the failure that it is there for, on a model of ten classes in closed form. */
class GuardsTest {

    private static final int CLASSES = 10;

    private final ScaleModel model = new ScaleModel(CLASSES);
    private final Random random = new Random(7);

    /** A step that was taken over a batch, with this loss. */
    private Ruling judge(Guards guards, State before, State made, Batch batch, double loss) {
        StepReport report = new StepReport(batch.rows(), batch.rows(), batch.rows(), OptionalDouble.of(loss), false);
        try (Pass pass = model.forward(batch, before.theta())) {
            return guards.judge(model, pass, before, new Adaptation(made, report));
        }
    }

    private Ruling judge(Guards guards, State before, State made) {
        return judge(guards, before, made, anyClass(8), 1);
    }

    /** Samples of which each is surely of some class. */
    private Batch batch(int rows, IntToDoubleFunction classOf) {
        float[][] logits = new float[rows][CLASSES];
        for (int i = 0; i < rows; i++) {
            logits[i][(int) classOf.applyAsDouble(i)] = 8;
        }
        return ScaleModel.batch(logits);
    }

    private Batch anyClass(int rows) {
        return batch(rows, i -> random.nextInt(CLASSES));
    }

    /** A direction of length 1. */
    private Vector direction() {
        float[] values = new float[CLASSES];
        for (int k = 0; k < CLASSES; k++) {
            values[k] = (float) random.nextGaussian();
        }
        Vector vector = Vector.of(values);
        return vector.times((float) (1 / vector.norm()));
    }

    private static Guards only(UnaryOperator<GuardConfig.Builder> settings) {
        return Guards.of(settings.apply(GuardConfig.custom().none()).build());
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void refusesWhatIsNotFinite(float value) {
        State before = State.of(model.source()).with("lossAverage", 0.5);
        Ruling ruling = judge(Guards.finiteOnly(), before, before.with("momentum", Vector.of(1, value)));

        assertThat(ruling.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(ruling.guard()).isEqualTo("finite");
        assertThat(ruling.publish()).isEqualTo(before);
    }

    @Test
    void refusesARunawayStepWithItsMomentum() {
        Guards guards = only(config -> config.stepNorm(10));
        State state = State.of(model.source());
        for (int i = 0; i < 40; i++) {
            double norm = 0.01 * (0.5 + random.nextDouble());
            state = judge(guards, state, state.withTheta(state.theta().plus((float) norm, direction())))
                    .publish();
        }
        Vector theta = state.theta();
        State runaway = state.withTheta(theta.plus(0.2f, direction())).with("momentum", Vector.of(200));
        Ruling ruling = judge(guards, state, runaway);

        assertThat(ruling.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(ruling.guard()).isEqualTo("stepNorm");
        assertThat(ruling.publish().theta()).isEqualTo(theta);
        assertThat(ruling.publish().vectors()).doesNotContainKey("momentum");
        // The mean norm of steps of 0.005 to 0.015 is 0.01, so that 0.08 still passes.
        State long_ = state.withTheta(theta.plus(0.06f, direction()));
        assertThat(judge(guards, state, long_).outcome()).isEqualTo(Outcome.PUBLISHED);
    }

    /** 100 times as long for good: m grows by 1.9 a step, and 10 * 1.9^4 is more than 100. */
    @Test
    void letsALastingChangeOfScaleThrough() {
        Guards guards = only(config -> config.stepNorm(10));
        State state = State.of(model.source());
        for (int i = 0; i < 20; i++) {
            state = judge(guards, state, state.withTheta(state.theta().plus(0.001f, direction())))
                    .publish();
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Ruling ruling = judge(guards, state, state.withTheta(state.theta().plus(0.1f, direction())));
            outcomes.add(ruling.outcome());
            state = ruling.publish();
        }
        assertThat(outcomes)
                .containsExactly(
                        Outcome.REJECTED,
                        Outcome.REJECTED,
                        Outcome.REJECTED,
                        Outcome.REJECTED,
                        Outcome.PUBLISHED,
                        Outcome.PUBLISHED);
    }

    @Test
    void countsNoResetAsAStep() {
        Guards guards = Guards.ofDefaults();
        State state = State.of(model.source());
        for (int i = 0; i < 20; i++) {
            state = judge(guards, state, state.withTheta(state.theta().plus(0.001f, Vector.of(ones()))))
                    .publish();
        }
        StepReport reset = new StepReport(8, 0, 0, OptionalDouble.empty(), true);
        Batch batch = anyClass(8);
        try (Pass pass = model.forward(batch, state.theta())) {
            Ruling ruling = guards.judge(model, pass, state, new Adaptation(State.of(model.source()), reset));
            assertThat(ruling.outcome()).isEqualTo(Outcome.PUBLISHED);
            assertThat(ruling.publish()).isEqualTo(State.of(model.source()));
        }
    }

    private static float[] ones() {
        float[] ones = new float[CLASSES];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** The radius is 0.25 * sqrt(10). */
    @Test
    void bringsThetaBackToTheBall() {
        Guards guards = only(config -> config.distance(0.25));
        State state = State.of(model.source());
        Vector direction = direction();
        Ruling ruling = judge(guards, state, state.withTheta(state.theta().plus(5f, direction)));

        assertThat(ruling.outcome()).isEqualTo(Outcome.BOUNDED);
        assertThat(ruling.guard()).isEqualTo("distance");
        Vector way = ruling.publish().theta().minus(model.source());
        assertThat(way.norm()).isCloseTo(0.25 * Math.sqrt(10), within(1e-6));
        assertThat(way.dot(direction)).isCloseTo(way.norm(), within(1e-6));

        Ruling inside = judge(guards, state, state.withTheta(state.theta().plus(0.7f, direction)));
        assertThat(inside.outcome()).isEqualTo(Outcome.PUBLISHED);
        assertThat(inside.publish().theta()).isEqualTo(model.source().plus(0.7f, direction));
    }

    /** e goes 0.4, 0.36, 0.324, ... by 0.9 a step where the loss is 0: below 0.2 after the seventh. */
    @Test
    void resetsWhereTheLossAverageFalls() {
        Guards guards = only(config -> config.lossAverage(0.2));
        State state = State.of(model.source());
        State made = state.withTheta(model.source().times(1.01f));
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Ruling ruling = judge(guards, state, made, anyClass(8), i == 0 ? 0.4 : 0);
            outcomes.add(ruling.outcome());
            state = ruling.publish();
        }
        assertThat(outcomes.subList(0, 7)).containsOnly(Outcome.PUBLISHED);
        assertThat(outcomes.get(7)).isEqualTo(Outcome.RESET);
    }

    /** The average would be none from then on, and every state with it refused. */
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aLossThatIsNotFiniteSaysNothing(double loss) {
        Guards guards = only(config -> config.lossAverage(0.2));
        State state = State.of(model.source());
        State made = state.withTheta(model.source().times(1.01f));
        for (double each : new double[] {1, loss, 1}) {
            Ruling ruling = judge(guards, state, made, anyClass(8), each);
            assertThat(ruling.outcome()).isEqualTo(Outcome.PUBLISHED);
            state = ruling.publish();
        }
        assertThat(state.scalar(LossAverageGuard.AVERAGE)).hasValue(1);
    }

    /** A model that answers class 0 whatever it sees, on a stream of all classes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 16, 64, 256})
    void resetsACollapsedModel(int rows) {
        Guards guards = only(config -> config.collapse(0.7));
        State collapsed = State.of(collapsedTheta());
        State state = collapsed;
        int samples = 0;
        Ruling ruling;
        do {
            ruling = held(guards, state, noisy(rows, i -> random.nextInt(CLASSES)));
            state = ruling.publish();
            samples += rows;
        } while (ruling.outcome() == Outcome.PUBLISHED && samples < 10_000);

        assertThat(ruling.outcome()).isEqualTo(Outcome.RESET);
        assertThat(ruling.guard()).isEqualTo("collapse");
        // With share s of the answers class 0, the rest even, H < 0.7 ln 10 from s = 0.575 on: 0.9^(n/64) = 0.472, n =
        // 457.
        // The batch that brings it begins the trial.
        assertThat(samples).isCloseTo(456 / rows * rows + (639 / rows + 1) * rows, within(2));
        assertThat(model.serves).isLessThanOrEqualTo(640 / rows + 1);
        assertThat(model.open).isZero();
    }

    /** A stream of one class after the other, hundreds of each, as a camera sees them. */
    @Test
    void leavesAStreamOfFewClassesAlone() {
        Guards guards = only(config -> config.collapse(0.7));
        // Not the source's theta, so that the source must be asked.
        State state = State.of(model.source().times(1.05f));
        int batches = 4000;
        for (int t = 0; t < batches; t++) {
            int only = t / 50 % CLASSES;
            Ruling ruling = held(guards, state, noisy(64, i -> only));
            assertThat(ruling.outcome()).as("batch %d", t).isEqualTo(Outcome.PUBLISHED);
            state = ruling.publish();
        }
        // Ten batches in fifty, and not fewer than some.
        assertThat(model.serves).isBetween(1, batches / 4);
        assertThat(state.theta()).isEqualTo(model.source().times(1.05f));
    }

    /** Collapse is found too where a stream of one class came before, within the time of trust. */
    @Test
    void findsACollapseAfterAStretchOfOneClass() {
        Guards guards = only(config -> config.collapse(0.7));
        State state = State.of(collapsedTheta());
        for (int t = 0; t < 60; t++) {
            Ruling ruling = held(guards, state, noisy(64, i -> 0));
            assertThat(ruling.outcome()).isEqualTo(Outcome.PUBLISHED);
            state = ruling.publish();
        }
        int batches = 0;
        Ruling ruling;
        do {
            ruling = held(guards, state, noisy(64, i -> random.nextInt(CLASSES)));
            state = ruling.publish();
            batches++;
        } while (ruling.outcome() == Outcome.PUBLISHED && batches < 1000);
        assertThat(ruling.outcome()).isEqualTo(Outcome.RESET);
        assertThat(batches).isLessThanOrEqualTo((2560 + 640) / 64 + 1);
    }

    /** Class 0 speaks in every sample a little, and a collapsed theta makes that all it hears. */
    private Batch noisy(int rows, IntToDoubleFunction classOf) {
        float[][] logits = new float[rows][CLASSES];
        for (int i = 0; i < rows; i++) {
            logits[i][0] = 1;
            logits[i][(int) classOf.applyAsDouble(i)] += 7;
        }
        return ScaleModel.batch(logits);
    }

    private static Vector collapsedTheta() {
        float[] theta = new float[CLASSES];
        theta[0] = 8;
        return Vector.of(theta);
    }

    private Ruling held(Guards guards, State state, Batch batch) {
        try (Pass pass = model.forward(batch, state.theta())) {
            return guards.judge(model, pass, state, new Adaptation(state, StepReport.skipped(batch.rows(), 0)));
        }
    }

    @Test
    void rollsBackToTheLastGoodState() {
        Batch set = noisy(40, i -> i % CLASSES);
        int[] labels = new int[40];
        Arrays.setAll(labels, i -> i % CLASSES);
        for (Canary canary : List.of(Canary.labelled(set, labels), Canary.answeredBySource(set))) {
            Guards guards = only(config -> config.canary(canary).canaryEvery(3).canaryFall(0.1));
            State state = State.of(model.source()).with("momentum", Vector.of(0));
            for (int step = 1; step <= 4; step++) {
                Ruling ruling = judge(
                        guards,
                        state,
                        state.withTheta(state.theta().times(1.01f)).with("momentum", Vector.of(step)));
                assertThat(ruling.outcome()).isEqualTo(Outcome.PUBLISHED);
                state = ruling.publish();
            }
            // After step 3 the set was answered well, so that state is the one to go back to.
            Ruling fifth = judge(guards, state, state.withTheta(collapsedTheta()));
            assertThat(fifth.outcome()).isEqualTo(Outcome.PUBLISHED);
            Ruling sixth = judge(
                    guards,
                    fifth.publish(),
                    fifth.publish().withTheta(collapsedTheta().times(2)));

            assertThat(sixth.outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(sixth.guard()).isEqualTo("canary");
            assertThat(sixth.publish().vectors().get("momentum")).isEqualTo(Vector.of(3));
            assertThat(sixth.publish().theta())
                    .isEqualTo(model.source().times(1.01f).times(1.01f).times(1.01f));
            assertThat(sixth.reason()).contains("0.9").contains("0.1");
        }
        assertThat(model.open).isZero();
    }

    /** What the last steps did is asked about when steps have stopped too. */
    @Test
    void asksOnceMoreWhenStepsHaveStopped() {
        Canary canary = Canary.answeredBySource(noisy(40, i -> i % CLASSES));
        Guards guards = only(config -> config.canary(canary).canaryEvery(4));
        State start = State.of(model.source());
        State bad = judge(guards, start, start.withTheta(collapsedTheta())).publish();
        Batch batch = anyClass(8);
        State second = held(guards, bad, batch).publish();
        State third = held(guards, second, batch).publish();
        Ruling fourth = held(guards, third, batch);

        assertThat(fourth.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(fourth.publish().theta()).isEqualTo(model.source());
        int asked = model.serves;
        assertThat(held(guards, fourth.publish(), batch).outcome()).isEqualTo(Outcome.PUBLISHED);
        assertThat(model.serves).isEqualTo(asked);
    }

    /** A class that was registered since the last good state is not to be lost. */
    @Test
    void resetsInsteadWhereClassesCameSince() {
        Canary canary = Canary.answeredBySource(noisy(40, i -> i % CLASSES));
        Guards guards = only(config -> config.canary(canary).canaryEvery(2));
        State state = State.of(model.source());
        state = judge(guards, state, state.withTheta(model.source().times(1.01f)))
                .publish();
        State told = guards.afterChange(state, State.of(state.theta()).with("classes", List.of("zebra")));
        Ruling ruling = judge(guards, told, told.withTheta(collapsedTheta()));

        assertThat(ruling.outcome()).isEqualTo(Outcome.RESET);
        assertThat(ruling.publish().words("classes")).containsExactly("zebra");
    }

    /** Methods may return states of their own making. */
    @Test
    void remembersWhateverAMethodReturns() {
        Guards guards = Guards.ofDefaults();
        State state = State.of(model.source());
        state = judge(guards, state, State.of(model.source().times(1.001f))).publish();
        State next =
                judge(guards, state, State.of(model.source().times(1.002f))).publish();

        assertThat(next.scalars()).containsEntry(StepNormGuard.STEPS, 2.0);
        assertThat(next.vectors()).containsKey(CollapseGuard.PREDICTED);
        assertThat(guards.afterReset(next, State.of(model.source()))).isEqualTo(State.of(model.source()));
    }
}
