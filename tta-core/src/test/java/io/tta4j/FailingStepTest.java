package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.event.RuntimeEvent.Failed;
import io.tta4j.event.RuntimeEvent.Rejected;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No failure of a step is a request's, and none keeps anybody waiting. */
class FailingStepTest extends ServedRows {

    @ParameterizedTest
    @ValueSource(strings = {"exception", "error", "nan"})
    void aStepThatFailsFailsNoRequest(String failure) {
        AtomicInteger steps = new AtomicInteger();
        Method summing = new RowModel.Summing();
        Method failing = new Method() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public Adaptation adapt(AdaptableModel on, Pass pass, State state) {
                if (steps.getAndIncrement() > 0) {
                    return summing.adapt(on, pass, state);
                }
                return switch (failure) {
                    case "exception" -> throw new IllegalStateException("on purpose");
                    case "error" -> throw new StackOverflowError("on purpose");
                    default -> new Adaptation(state.withTheta(Vector.of(Float.NaN)), StepReport.skipped(1, 0));
                };
            }
        };
        AdaptiveModel adaptive = adaptive(failing, background());
        assertThat(first(adaptive.predict(RowModel.batch(2)))).isEqualTo(2);
        adaptive.flush();
        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(adaptive.counters().rejected()).isEqualTo(1);
        adaptive.predict(RowModel.batch(2));
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(3);
        if (failure.equals("nan")) {
            assertThat(heard(Rejected.class)).extracting(Rejected::guard).containsExactly("finite");
        } else {
            assertThat(heard(Failed.class).get(0).cause()).hasMessageContaining("on purpose");
        }
        assertThat(model.open).hasValue(0);
    }

    /** In the request's own thread, an error of the method is no more the request's than an exception is. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void anErrorInAStepFailsNoRequestInline(int gathered) {
        Method failing = new Method() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public Adaptation adapt(AdaptableModel on, Pass pass, State state) {
                throw new StackOverflowError("on purpose");
            }
        };
        RuntimeConfig.Builder config = RuntimeConfig.custom();
        AdaptiveModel adaptive = adaptive(failing, gathered == 0 ? config : config.adaptationBatch(gathered));

        assertThat(first(adaptive.predict(RowModel.batch(2)))).isEqualTo(2);
        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(adaptive.counters().rejected()).isEqualTo(1);
        assertThat(heard(Failed.class).get(0).cause()).hasMessageContaining("on purpose");
        assertThat(model.open).hasValue(0);
    }

    @Test
    void noErrorKeepsAnybodyWaiting() {
        AdaptiveModel adaptive = adaptive(new Unspeakable(), background().finishOnClose(true));
        for (int attempt = 0; attempt < 2; attempt++) {
            adaptive.predict(RowModel.batch(1));
            adaptive.predict(RowModel.column(1));
            adaptive.flush();
            assertThat(adaptive.pendingSamples()).isZero();
        }
        adaptive.predict(RowModel.batch(1));
        adaptive.close();

        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(model.open).hasValue(0);
    }

    @Test
    void refusesStatesThatDoNotFit() {
        AdaptiveModel adaptive = adaptive(background());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> adaptive.restore(State.of(Vector.of(1, 2))))
                .withMessageContaining("theta must have 1 values, but had 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> adaptive.restore(State.of(Vector.of(Float.NaN))))
                .withMessageContaining("finite");
        assertThat(adaptive.state()).isEqualTo(State.of(Vector.of(1)));
    }
}
