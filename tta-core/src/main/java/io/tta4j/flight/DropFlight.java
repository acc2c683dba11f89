package io.tta4j.flight;

import io.tta4j.event.RuntimeEvent;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Samples that were given up. */
@Name("io.tta4j.SamplesDropped")
@Label("Samples Dropped")
@Description("Samples that waited for adaptation were given up")
@Category("tta4j")
@StackTrace(false)
final class DropFlight extends Event {

    @Label("Stream")
    String stream = "";

    @Label("Samples")
    int samples;

    @Label("Cause")
    String cause = "";

    static void commit(RuntimeEvent.Dropped event) {
        DropFlight flight = new DropFlight();
        if (flight.shouldCommit()) {
            flight.stream = event.stream();
            flight.samples = event.rows();
            flight.cause = event.cause();
            flight.commit();
        }
    }
}
