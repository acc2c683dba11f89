package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tta4j.event.RuntimeEvent.Dropped;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What closing waits for, and what it gives up. */
class ClosingTest extends ServedRows {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closesWithRequestsPending(boolean finish) {
        AdaptiveModel adaptive = adaptive(background().finishOnClose(finish));
        adaptive.predict(RowModel.batch(2));
        adaptive.predict(RowModel.batch(3, 4));
        adaptive.close();
        adaptive.close();

        assertThat(theta(adaptive.state())).isEqualTo(finish ? 10 : 1);
        assertThat(heard(Dropped.class))
                .isEqualTo(finish ? List.of() : List.of(new Dropped("", 1, "closed"), new Dropped("", 2, "closed")));
        assertThat(model.open).hasValue(0);
        assertThatIllegalStateException()
                .isThrownBy(() -> adaptive.predict(RowModel.batch(1)))
                .withMessageContaining("closed");
        adaptive.flush();
    }

    @Test
    void givesUpAStepThatIsUnderWayWhenItCloses() throws Exception {
        CountDownLatch inSlice = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        model.onForward = rows -> {
            inSlice.countDown();
            await(release);
        };
        AdaptiveModel adaptive = adaptive(background().adaptationBatch(1).sliceRows(1));
        CountDownLatch dropped = new CountDownLatch(1);
        adaptive.events().on(Dropped.class, event -> dropped.countDown());
        adaptive.predict(RowModel.batch(2, 3, 4));
        inSlice.await();
        adaptive.predict(RowModel.batch(5));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(adaptive::close);
        // The first slice is under way; those behind it must not begin once what is pending is given up.
        dropped.await();
        release.countDown();
        closing.get();

        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(model.open).hasValue(0);
    }

    /** Whoever closes the model next must not do so under a step. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closingInlineWaitsForAFlush(boolean finish) throws Exception {
        AdaptiveModel adaptive =
                adaptive(RuntimeConfig.custom().adaptationBatch(100).finishOnClose(finish));
        Thread closing = new Thread(adaptive::close);
        List<Boolean> closed = new CopyOnWriteArrayList<>();
        model.onForward = rows -> {
            if (closed.isEmpty()) {
                closing.start();
                while (closing.getState() == Thread.State.NEW || closing.getState() == Thread.State.RUNNABLE) {
                    Thread.onSpinWait();
                }
                closed.add(!closing.isAlive());
            }
        };
        adaptive.predict(RowModel.batch(2));
        adaptive.predict(RowModel.column(3));
        adaptive.flush();
        closing.join();

        assertThat(closed).containsExactly(false);
        assertThat(theta(adaptive.state())).isEqualTo(finish ? 6 : 1);
        assertThat(model.open).hasValue(0);
    }

    @Test
    void doesNotStartAThreadForAModelThatTheMethodRefuses() {
        Method refusing = new Method() {
            @Override
            public String name() {
                return "refusing";
            }

            @Override
            public State initial(AdaptableModel on) {
                throw new IllegalArgumentException("on purpose");
            }

            @Override
            public Adaptation adapt(AdaptableModel on, Pass pass, State state) {
                throw new AssertionError("nothing is to be adapted");
            }
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdaptiveModel.builder(model, refusing)
                        .name("refused")
                        .config(background().build())
                        .build());
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("tta4j-adapt-refused");
    }
}
