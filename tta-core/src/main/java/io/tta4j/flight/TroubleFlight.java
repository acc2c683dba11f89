package io.tta4j.flight;

import io.tta4j.event.RuntimeEvent;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** An adaptation that came to nothing. */
@Name("io.tta4j.AdaptationRejected")
@Label("Adaptation Rejected")
@Description("An adaptation failed, or a guard refused its state")
@Category("tta4j")
@StackTrace(false)
final class TroubleFlight extends Event {

    @Label("Stream")
    String stream = "";

    @Label("Cause")
    @Description("the guard, or 'failed'")
    String cause = "";

    @Label("Reason")
    String reason = "";

    static void commit(RuntimeEvent event, String cause, String reason) {
        TroubleFlight flight = new TroubleFlight();
        if (flight.shouldCommit()) {
            flight.stream = event.stream();
            flight.cause = cause;
            flight.reason = reason;
            flight.commit();
        }
    }
}
