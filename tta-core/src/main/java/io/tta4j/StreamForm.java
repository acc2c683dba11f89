package io.tta4j;

import io.tta4j.cache.Form;
import io.tta4j.method.State;
import io.tta4j.snapshot.Snapshot;
import java.util.Map;
import java.util.Optional;

/**
 * A stream as it is saved: its published state and its counters. The copy that learns in shadow and the unknown samples
 * are not.
 */
record StreamForm(Serving serving) implements Form<StreamState> {

    @Override
    public StreamState begin(String key, Optional<Snapshot> saved) {
        return serving.stream(key, saved);
    }

    @Override
    public State state(StreamState stream) {
        return stream.state();
    }

    @Override
    public Map<String, Long> counters(StreamState stream) {
        return stream.counters().byName();
    }

    @Override
    public void adopt(StreamState stream, State state) {
        serving.change(stream, AdaptiveRuntime.RESTORE, before -> state);
    }

    @Override
    public void end(String key, Optional<StreamState> stream) {
        stream.ifPresent(StreamState::end);
        serving.recorder().removed(key);
    }

    @Override
    public long bytesBeside(StreamState stream) {
        return stream.bytesBeside();
    }
}
