package io.tta4j.audit;

import io.tta4j.event.Events;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;

/**
 * Is told where the states of a runtime's streams come from. The runtime calls it within a stream's turn, so that what
 * it hears of one stream is in order; streams may call at the same time. It never fails a request: what it cannot keep
 * is its own trouble.
 */
public interface Recorder {

    /**
     * Keeps nothing.
     *
     * @return a recorder whose steps hand out what they are given
     */
    static Recorder none() {
        return NoRecorder.INSTANCE;
    }

    /**
     * What all streams have in common; once, before anything else.
     *
     * @param model under the method's statistics
     * @param initial the state that a stream begins with
     * @param events where to tell what could not be kept, as {@link io.tta4j.event.RuntimeEvent.RecordLost}
     */
    void begin(Method method, AdaptableModel model, State initial, Events events);

    /**
     * A stream is in memory, with this state, of which nothing was made yet: it is new, or came back. Whatever was told
     * of it before may be more than was saved. Before anything else that is told of it since.
     *
     * @param stream the stream's key; empty for the one without
     */
    void came(String stream, State state);

    /**
     * A step is about to be taken.
     *
     * @param stream the stream's key; empty for the one without
     * @param batch the inputs of the pass
     * @param model what the method is to be given
     * @param pass what the method is to be given; stays the caller's to close
     * @param before the state that the pass was made with
     */
    Step step(String stream, Batch batch, AdaptableModel model, Pass pass, State before);

    /**
     * A state was changed by something else than a step: a reset, a rollback, a class that was registered, statistics
     * that moved.
     *
     * @param cause such as {@code reset}
     */
    void changed(String stream, State before, State after, String cause);

    /**
     * A stream was removed: nothing more is told of it until another one of that key comes.
     *
     * @param stream the stream's key
     */
    default void removed(String stream) {}

    /** One step, from before the method is asked until a state is published. By one thread. */
    interface Step {

        /**
         * Asks the method.
         *
         * @return what {@link Method#adapt} returned
         */
        Adaptation adapt(Method method);

        /**
         * What became of it, whatever that is: the last call.
         *
         * @param after the state that is published now
         * @param outcome {@code step}, or why it is another state than the method's, such as a guard's name
         */
        void published(State after, String outcome);
    }
}
