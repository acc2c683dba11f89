package io.tta4j.flight;

import io.tta4j.event.RuntimeEvent;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A state that went back. */
@Name("io.tta4j.StateReset")
@Label("State Reset")
@Description("Theta went back to the source, or the state to an earlier one")
@Category("tta4j")
@StackTrace(false)
final class ResetFlight extends Event {

    @Label("Stream")
    String stream = "";

    @Label("Cause")
    @Description("the method, a guard, or 'caller'")
    String cause = "";

    @Label("Rollback")
    @Description("to an earlier state, not to the source")
    boolean rollback;

    static void commit(RuntimeEvent event, String cause, boolean rollback) {
        ResetFlight flight = new ResetFlight();
        if (flight.shouldCommit()) {
            flight.stream = event.stream();
            flight.cause = cause;
            flight.rollback = rollback;
            flight.commit();
        }
    }
}
