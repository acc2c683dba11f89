package io.tta4j.sar.recovery;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.util.OptionalDouble;

/**
 * Resets every so many batches, whatever became of the model (RDumb, Press et al., "RDumb: A simple approach that
 * questions our progress in continual test-time adaptation", NeurIPS 2023, section 4). All that was learned is
 * forgotten: the state is the first one again.
 *
 * @param period after how many batches, those without a step counted; 0 never resets
 */
public record PeriodicReset(int period) implements Recovery {

    /** The state's scalar that counts the batches since the last reset. */
    public static final String BATCHES = "batches";

    @Override
    public Outcome after(State stepped, OptionalDouble loss, Vector source) {
        if (period == 0) {
            return new Outcome(stepped, false);
        }
        double batches = stepped.scalar(BATCHES).orElse(0) + 1;
        boolean due = batches >= period;
        return new Outcome(due ? State.of(source) : stepped.with(BATCHES, batches), due);
    }
}
