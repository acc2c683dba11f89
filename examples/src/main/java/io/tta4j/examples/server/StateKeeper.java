package io.tta4j.examples.server;

import io.tta4j.method.State;
import java.io.IOException;
import java.util.Optional;

/** Keeps the states of streams while the server does not. Safe for use by many threads, for one key by one. */
interface StateKeeper {

    /** Keeps nothing: every stream starts from the source. */
    StateKeeper NONE = new StateKeeper() {

        @Override
        public void save(String stream, State state) {}

        @Override
        public Optional<State> restore(String stream) {
            return Optional.empty();
        }
    };

    /**
     * Keeps a stream's state, in place of the one before.
     *
     * @param stream the key; empty for the stream without
     */
    void save(String stream, State state) throws IOException;

    /**
     * The state that was kept last, if there is one that fits the model.
     *
     * @throws IOException if there is one and it cannot be read
     */
    Optional<State> restore(String stream) throws IOException;
}
