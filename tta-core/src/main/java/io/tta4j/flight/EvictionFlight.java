package io.tta4j.flight;

import io.tta4j.event.RuntimeEvent;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A state that left memory. */
@Name("io.tta4j.StateEvicted")
@Label("State Evicted")
@Description("A stream's state left memory; without a store it is forgotten")
@Category("tta4j")
@StackTrace(false)
final class EvictionFlight extends Event {

    @Label("Stream")
    String stream = "";

    @Label("Size")
    @DataAmount
    long bytes;

    @Label("Kept")
    @Description("Whether the store has it")
    boolean kept;

    static void commit(RuntimeEvent.Evicted event) {
        EvictionFlight flight = new EvictionFlight();
        if (flight.shouldCommit()) {
            flight.stream = event.stream();
            flight.bytes = event.bytes();
            flight.kept = event.kept();
            flight.commit();
        }
    }
}
