package io.tta4j;

import io.tta4j.audit.Recorder;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link Recorder} will be told of a batch if the state that it led to is published. By one thread at a time.
 */
final class Account {

    private final String stream;
    private final Recorder recorder;
    private final List<Runnable> told = new ArrayList<>(2);

    Account(String stream, Recorder recorder) {
        this.stream = stream;
        this.recorder = recorder;
    }

    void changed(State before, State after, String cause) {
        told.add(() -> recorder.changed(stream, before, after, cause));
    }

    Recorder.Step step(Batch batch, AdaptableModel model, Pass pass, State before) {
        return recorder.step(stream, batch, model, pass, before);
    }

    void published(Recorder.Step step, State after, String outcome) {
        told.add(() -> step.published(after, outcome));
    }

    /** The state is published. */
    void settle() {
        told.forEach(Runnable::run);
    }
}
