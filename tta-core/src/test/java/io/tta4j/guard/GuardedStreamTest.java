package io.tta4j.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Guards around a method in {@link AdaptiveModel}. */
class GuardedStreamTest {

    private static final int CLASSES = 10;

    private final ScaleModel model = new ScaleModel(CLASSES);
    private final Random random = new Random(3);

    private record Moving(UnaryOperator<Vector> step) implements Method {

        @Override
        public String name() {
            return "moving";
        }

        @Override
        public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
            int rows = pass.rows();
            return new Adaptation(
                    State.of(step.apply(state.theta())), new StepReport(rows, rows, rows, OptionalDouble.of(1), false));
        }
    }

    /** Logits of one class above the others by as much as {@code sureness}, more or less. */
    private Batch batch(int rows, double sureness) {
        float[][] logits = new float[rows][CLASSES];
        for (float[] row : logits) {
            row[random.nextInt(CLASSES)] = (float) (sureness * (0.5 + random.nextDouble()));
        }
        return ScaleModel.batch(logits);
    }

    @Test
    void adaptsWhileTheGateIsOpen() {
        GuardConfig config =
                GuardConfig.custom().driftGate(true).gateWindow(640).build();
        AdaptiveModel adaptive = AdaptiveModel.builder(model, new Moving(theta -> theta.times(1.0001f)))
                .guards(Guards.of(config))
                .build();
        for (int k = 0; k < 50; k++) {
            assertThat(adaptive.predict(batch(64, 5)).predictions()).hasSize(64);
        }
        assertThat(adaptive.state().theta()).isEqualTo(model.source());
        assertThat(adaptive.counters().steps()).isZero();
        for (int k = 0; k < 10; k++) {
            adaptive.predict(batch(64, 3));
        }
        assertThat(adaptive.counters().steps()).isBetween(7L, 10L);

        Vector learned = adaptive.state().vectors().get(DriftGate.SOURCE_ENTROPIES);
        adaptive.reset();
        assertThat(adaptive.state().vectors().get(DriftGate.SOURCE_ENTROPIES)).isEqualTo(learned);
        assertThat(adaptive.state().scalar(DriftGate.OPEN)).isEmpty();
        assertThat(model.open).isZero();
    }

    @Test
    void answersWhereAStepIsRefused() {
        boolean[] runaway = {false};
        AdaptiveModel adaptive = AdaptiveModel.builder(
                        model, new Moving(theta -> theta.times(runaway[0] ? 1.2f : 1.0001f)))
                .guards(Guards.ofDefaults())
                .build();
        for (int k = 0; k < 12; k++) {
            adaptive.predict(batch(8, 5));
        }
        Vector theta = adaptive.state().theta();
        runaway[0] = true;

        assertThat(adaptive.predict(batch(8, 5)).predictions()).hasSize(8);
        assertThat(adaptive.state().theta()).isEqualTo(theta);
        assertThat(adaptive.counters().rejected()).isEqualTo(1);
        assertThat(adaptive.counters().steps()).isEqualTo(12);
    }

    /** A method that lets class 0 grow until it is all that is seen. */
    @Test
    void resetsWhereAMethodCollapses() {
        Moving collapsing = new Moving(theta -> {
            float[] values = theta.toArray();
            values[0] += 0.1f;
            return Vector.of(values);
        });
        GuardConfig config = GuardConfig.custom().none().collapse(0.7).build();
        AdaptiveModel adaptive = AdaptiveModel.builder(model, collapsing)
                .guards(Guards.of(config))
                .build();
        float[][] logits = new float[64][CLASSES];
        int batches = 0;
        while (adaptive.counters().resets() == 0 && batches < 500) {
            for (int i = 0; i < 64; i++) {
                Arrays.fill(logits[i], 0);
                logits[i][0] = 1;
                logits[i][random.nextInt(CLASSES)] += 5;
            }
            adaptive.predict(ScaleModel.batch(logits));
            batches++;
        }
        // Class 0 wins from a scale of 5 on, after 40 batches; then q narrows and the trial goes by.
        assertThat(batches).isBetween(40 + 7 + 9, 40 + 8 + 12);
        assertThat(adaptive.state()).isEqualTo(State.of(model.source()));
        assertThat(model.open).isZero();
    }
}
