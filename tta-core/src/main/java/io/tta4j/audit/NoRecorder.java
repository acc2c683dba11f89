package io.tta4j.audit;

import io.tta4j.event.Events;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;

/** Keeps nothing. */
enum NoRecorder implements Recorder {
    INSTANCE;

    @Override
    public void begin(Method method, AdaptableModel model, State initial, Events events) {}

    @Override
    public void came(String stream, State state) {}

    @Override
    public Step step(String stream, Batch batch, AdaptableModel model, Pass pass, State before) {
        return new Unrecorded(model, pass, before);
    }

    @Override
    public void changed(String stream, State before, State after, String cause) {}

    private record Unrecorded(AdaptableModel model, Pass pass, State before) implements Step {

        @Override
        public Adaptation adapt(Method method) {
            return method.adapt(model, pass, before);
        }

        @Override
        public void published(State after, String outcome) {}
    }
}
