package io.tta4j.sar;

import io.tta4j.audit.AuditTrail;
import io.tta4j.audit.Recorder;
import io.tta4j.event.Events;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A run as a service has it, under the eyes of a recorder: steps, of which a guard refuses some and scales others;
 * resets and rollbacks by the caller. Seeded.
 */
public final class AuditedRun {

    private final AdaptableModel model;
    private final Method method;
    private final Recorder recorder;
    private final Random random = new Random(17);
    private final List<State> states = new ArrayList<>();
    private int resets;

    private AuditedRun(AdaptableModel model, Method method, Recorder recorder) {
        this.model = model.withStatistics(method.statistics());
        this.method = method;
        this.recorder = recorder;
        State initial = method.initial(this.model);
        recorder.begin(method, this.model, initial, new Events());
        states.add(initial);
    }

    /** A run that has not begun. */
    public static AuditedRun of(AdaptableModel model, Method method, Recorder recorder) {
        return new AuditedRun(model, method, recorder);
    }

    /** Takes a step, and now and then something else behind it. */
    public void take(Batch batch) {
        State before = state();
        try (Pass pass = model.forward(batch, before.theta())) {
            Recorder.Step step = recorder.step("", batch, model, pass, before);
            var made = step.adapt(method);
            resets += made.report().reset() ? 1 : 0;
            State after = made.state();
            String outcome = "step";
            if (random.nextInt(7) == 0) {
                after = before;
                outcome = "distance";
            } else if (random.nextInt(7) == 0) {
                Vector halfway = before.theta().plus(after.theta()).times(0.5f);
                after = after.withTheta(halfway).with("guard.norm", random.nextDouble());
                outcome = "stepNorm";
            }
            step.published(after, outcome);
            states.add(after);
        }
        if (random.nextInt(10) == 0) {
            change(states.get(random.nextInt(states.size())), "rollback");
        } else if (random.nextInt(15) == 0) {
            change(method.reset(model, state()), AuditTrail.RESET);
        }
    }

    /** Puts another state in the place of this one. */
    public void change(State after, String cause) {
        recorder.changed("", state(), after, cause);
        states.add(after);
    }

    /** The published state. */
    public State state() {
        return states.get(states.size() - 1);
    }

    /** How many different thetas there were. */
    public long thetas() {
        return states.stream().map(State::theta).distinct().count();
    }

    /** How often the method has reset itself. */
    public int resets() {
        return resets;
    }
}
