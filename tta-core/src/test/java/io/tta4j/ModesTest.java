package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tta4j.audit.Recorder;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.event.RuntimeEvent.Adapted;
import io.tta4j.event.RuntimeEvent.Dropped;
import io.tta4j.health.HealthMonitor;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the modes do with requests, and pauses. */
class ModesTest extends ServedRows {

    @ParameterizedTest
    @EnumSource
    void servesTheSourceWhileACopyLearns(Execution execution) {
        AdaptiveModel adaptive =
                adaptive(background().execution(execution).mode(Mode.SHADOW).sliceRows(1));
        assertThat(adaptive.shadow()).isEmpty();
        for (int request = 0; request < 2; request++) {
            assertThat(first(adaptive.predict(RowModel.batch(-2, -3)))).isEqualTo(-2);
            adaptive.flush();
        }

        // theta: 1, then 1 - 5 = -4, at which the signs of all logits have turned.
        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(theta(adaptive.shadow().orElseThrow())).isEqualTo(-9);
        assertThat(heard(RuntimeEvent.Shadowed.class))
                .extracting(RuntimeEvent.Shadowed::rows, RuntimeEvent.Shadowed::agreement, RuntimeEvent.Shadowed::loss)
                .containsExactly(tuple(2, 1.0, OptionalDouble.of(0.5)), tuple(2, 0.0, OptionalDouble.of(0.5)));
        assertThat(adaptive.counters()).isEqualTo(new Counters(2, 4, 2, 4, 4, 0, 0));

        adaptive.restore(adaptive.shadow().orElseThrow());
        adaptive.setMode(Mode.ADAPTING);
        assertThat(first(adaptive.predict(RowModel.batch(1)))).isEqualTo(-9);
        adaptive.reset();
        assertThat(adaptive.shadow()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void changesItsModeWhileItServes(Execution execution) {
        AdaptiveModel adaptive = adaptive(background().execution(execution));
        adaptive.predict(RowModel.batch(2));
        adaptive.flush();
        adaptive.setMode(Mode.FROZEN);
        assertThat(first(adaptive.predict(RowModel.batch(5)))).isEqualTo(15);
        adaptive.setMode(Mode.DISABLED);
        assertThat(first(adaptive.predict(RowModel.batch(5)))).isEqualTo(5);
        adaptive.flush();
        assertThat(theta(adaptive.state())).isEqualTo(3);
        adaptive.setMode(Mode.ADAPTING);
        assertThat(first(adaptive.predict(RowModel.batch(5)))).isEqualTo(15);
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(8);
        assertThat(adaptive.counters().requests()).isEqualTo(4);
        assertThat(heard(RuntimeEvent.ModeChanged.class))
                .extracting(RuntimeEvent.ModeChanged::mode)
                .containsExactly("frozen", "disabled", "adapting");
    }

    @Test
    void publishesNothingOnceItIsFrozen() throws Exception {
        CountDownLatch inSlice = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch dropped = new CountDownLatch(2);
        model.onForward = rows -> {
            inSlice.countDown();
            await(release);
        };
        AdaptiveModel adaptive = adaptive(background().adaptationBatch(2));
        adaptive.events().on(Dropped.class, event -> dropped.countDown());
        adaptive.predict(RowModel.batch(2, 3));
        inSlice.await();
        adaptive.predict(RowModel.batch(7));
        adaptive.setMode(Mode.FROZEN);
        release.countDown();
        dropped.await();

        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(heard(Dropped.class)).containsExactly(new Dropped("", 1, "frozen"), new Dropped("", 2, "cancelled"));
    }

    @Test
    void aPauseHoldsStepsBack() throws Exception {
        CountDownLatch learned = new CountDownLatch(1);
        AdaptiveModel adaptive = adaptive(background().adaptationBatch(1));
        adaptive.pause();
        adaptive.predict(RowModel.batch(2));
        assertThat(model.forwards).isEmpty();
        adaptive.events().on(Adapted.class, event -> learned.countDown());
        adaptive.resume();
        learned.await();
        assertThat(theta(adaptive.state())).isEqualTo(3);

        adaptive.pause();
        adaptive.predict(RowModel.batch(4));
        adaptive.flush();
        assertThat(theta(adaptive.state())).isEqualTo(7);
    }

    /** Who listens from before it is built is told of the mode that it begins in, if it is not the usual one. */
    @ParameterizedTest
    @EnumSource
    void tellsTheModeThatItBeginsIn(Mode mode) {
        Events events = new Events();
        events.on(RuntimeEvent.ModeChanged.class, heard::add);
        try (HealthMonitor monitor = HealthMonitor.of(events)) {
            opened.add(AdaptiveModel.builder(model, new RowModel.Summing())
                    .config(RuntimeConfig.custom().mode(mode).build())
                    .events(events)
                    .build());
            String text = RuntimeConfig.text(mode);
            assertThat(heard)
                    .isEqualTo(mode == Mode.ADAPTING ? List.of() : List.of(new RuntimeEvent.ModeChanged("", text)));
            assertThat(monitor.health().reasons())
                    .isEqualTo(mode.learns() ? List.of() : List.of("nothing is learned: the mode is " + text));
        }
    }

    /** Who hears of a reset, before anybody else has a turn, finds no copy of what was before it. */
    @Test
    void aResetForgetsTheCopyWithTheState() {
        AtomicReference<AdaptiveModel> built = new AtomicReference<>();
        List<Optional<State>> copies = new ArrayList<>();
        Recorder looking = new Recorder() {
            @Override
            public void begin(Method method, AdaptableModel on, State initial, Events events) {}

            @Override
            public void came(String stream, State state) {}

            @Override
            public Step step(String stream, Batch batch, AdaptableModel on, Pass pass, State before) {
                return Recorder.none().step(stream, batch, on, pass, before);
            }

            @Override
            public void changed(String stream, State before, State after, String cause) {
                copies.add(Objects.requireNonNull(built.get()).shadow());
            }
        };
        AdaptiveModel adaptive = AdaptiveModel.builder(model, new RowModel.Summing())
                .recorder(looking)
                .build();
        opened.add(adaptive);
        built.set(adaptive);
        adaptive.predict(RowModel.batch(2), Mode.SHADOW);
        assertThat(adaptive.shadow()).isPresent();
        adaptive.reset();

        assertThat(copies).containsExactly(Optional.empty());
    }

    @Test
    void learnsNothingInlineWhileItIsPaused() {
        AdaptiveModel adaptive = adaptive(RuntimeConfig.custom());
        adaptive.pause();
        adaptive.predict(RowModel.batch(2));
        assertThat(theta(adaptive.state())).isEqualTo(1);
        adaptive.resume();
        adaptive.predict(RowModel.batch(2));
        assertThat(theta(adaptive.state())).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void tellsThatItIsPaused(Execution execution) {
        AdaptiveModel adaptive = adaptive(background().execution(execution));
        adaptive.pause();
        adaptive.pause();
        adaptive.setMode(Mode.SHADOW);
        adaptive.resume();
        adaptive.resume();

        assertThat(heard(RuntimeEvent.ModeChanged.class))
                .extracting(RuntimeEvent.ModeChanged::mode)
                .containsExactly("paused", "shadow", "paused", "shadow");
    }
}
