package io.tta4j.cache;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import io.tta4j.snapshot.Snapshot;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/** A stream that counts its steps, and whose state is a function of its key and their number alone. */
final class Walk {

    static final int PARAMETERS = 24;
    static final Origin ORIGIN = new Origin("1-2-3", "walk", PARAMETERS);

    private final String key;
    private final AtomicReference<State> state;

    private Walk(String key, State state) {
        this.key = key;
        this.state = new AtomicReference<>(state);
    }

    /** The state after so many steps: every value of it says how many. */
    static State at(String key, long steps) {
        Random random = new Random(31L * key.hashCode() + steps);
        float[] theta = new float[PARAMETERS];
        for (int i = 0; i < theta.length; i++) {
            theta[i] = random.nextFloat();
        }
        State source = State.of(Vector.of(theta));
        return steps == 0 ? source : source.with("steps", (double) steps).with("momentum", Vector.of(theta));
    }

    State state() {
        return Objects.requireNonNull(state.get());
    }

    long steps() {
        return (long) state().scalar("steps").orElse(0);
    }

    /** One step. Returns how many there are then. */
    long step() {
        while (true) {
            State before = state();
            long steps = (long) before.scalar("steps").orElse(0) + 1;
            if (state.compareAndSet(before, at(key, steps))) {
                return steps;
            }
        }
    }

    void publish(State next) {
        state.set(next);
    }

    static final Form<Walk> FORM = new Form<>() {
        @Override
        public Walk begin(String key, Optional<Snapshot> saved) {
            return new Walk(key, saved.map(Snapshot::state).orElseGet(() -> at(key, 0)));
        }

        @Override
        public State state(Walk stream) {
            return stream.state();
        }

        @Override
        public Map<String, Long> counters(Walk stream) {
            return Map.of("steps", stream.steps());
        }

        @Override
        public void adopt(Walk stream, State state) {
            stream.publish(state);
        }

        @Override
        public void end(String key, Optional<Walk> stream) {}

        @Override
        public long bytesBeside(Walk stream) {
            return 0;
        }
    };
}
