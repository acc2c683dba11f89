package io.tta4j.examples.server;

import io.tta4j.method.State;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps states for as long as the test. */
final class MemoryKeeper implements StateKeeper {

    final Map<String, State> states = new ConcurrentHashMap<>();

    @Override
    public void save(String stream, State state) {
        states.put(stream, state);
    }

    @Override
    public Optional<State> restore(String stream) {
        return Optional.ofNullable(states.get(stream));
    }
}
