package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.event.RuntimeEvent.Adapted;
import io.tta4j.event.RuntimeEvent.Dropped;
import io.tta4j.event.RuntimeEvent.Failed;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeded threads that ask, change and close at once. */
class StressTest extends ServedRows {

    private static final List<Mode> MODES = List.of(Mode.values());
    private static final List<OverloadPolicy> POLICIES = List.of(OverloadPolicy.values());

    /** Halves of one number, which only a state that is seen half done has different. */
    private static final class Paired implements Method {

        @Override
        public String name() {
            return "paired";
        }

        @Override
        public State initial(AdaptableModel on) {
            return State.of(on.source()).with("twin", 1.0);
        }

        @Override
        public Answer answer(Pass pass, State state) {
            // The pass's theta and the state's scalar were published together, or not at all.
            float seen = pass.logits().get(0, 0);
            assertThat((double) seen).isEqualTo(state.scalar("twin").orElseThrow());
            return new Answer(pass.logits(), pass.output());
        }

        @Override
        public Adaptation adapt(AdaptableModel on, Pass pass, State state) {
            float next = state.theta().get(0) + 1;
            return new Adaptation(
                    State.of(Vector.of(next)).with("twin", next),
                    new StepReport(pass.rows(), pass.rows(), pass.rows(), OptionalDouble.empty(), false));
        }
    }

    /**
     * Many threads ask, reset, switch modes, pause, flush, and one closes: every answer is one of a published state,
     * and every row that was taken is learned from or told as dropped, exactly once.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void losesNothingUnderStress(long seed) throws Exception {
        int threads = 6;
        int requests = 400;
        AtomicInteger learned = new AtomicInteger();
        AtomicInteger dropped = new AtomicInteger();
        AtomicInteger offered = new AtomicInteger();
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        AdaptiveModel adaptive = AdaptiveModel.of(
                model,
                new Paired(),
                background()
                        .greatestAge(Duration.ofMillis(1))
                        .patience(Duration.ofMillis(1))
                        .adaptationBatch(4)
                        .sliceRows(2)
                        .pendingBytes(20L * SlabPool.LEAST_BYTES)
                        .overload(POLICIES.get((int) (seed % 3)))
                        .finishOnClose(seed % 2 == 0)
                        .build());
        adaptive.events()
                .on(Adapted.class, event -> learned.addAndGet(event.report().samples()));
        adaptive.events().on(Dropped.class, event -> dropped.addAndGet(event.rows()));
        adaptive.events().on(Failed.class, event -> wrong.set(event.cause()));
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Integer>> work = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Random random = new Random(seed * 31 + thread);
                boolean closes = thread == 0 && seed % 4 == 1;
                work.add(() -> {
                    for (int i = 0; i < requests; i++) {
                        int rows = 1 + random.nextInt(3);
                        float[] ones = new float[rows];
                        Arrays.fill(ones, 1);
                        try {
                            switch (random.nextInt(20)) {
                                case 0 -> adaptive.reset();
                                case 1 -> adaptive.setMode(MODES.get(random.nextInt(4)));
                                case 2 -> adaptive.pause();
                                case 3 -> adaptive.resume();
                                case 4 -> adaptive.flush();
                                default -> {
                                    Mode mode = MODES.get(random.nextInt(4));
                                    adaptive.predict(RowModel.batch(ones), mode);
                                    offered.addAndGet(mode.learns() ? rows : 0);
                                }
                            }
                            if (closes && i == requests / 2) {
                                adaptive.close();
                            }
                        } catch (IllegalStateException e) {
                            assertThat(e).hasMessageContaining("closed");
                            return i;
                        }
                    }
                    return requests;
                });
            }
            for (Future<Integer> each : pool.invokeAll(work)) {
                each.get();
            }
        } finally {
            pool.shutdown();
            adaptive.close();
        }

        assertThat(wrong.get()).isNull();
        assertThat(learned.get() + dropped.get()).isEqualTo(offered.get());
        assertThat(model.open).hasValue(0);
        assertThat(adaptive.counters().adaptedSamples()).isEqualTo(learned.get());
    }
}
