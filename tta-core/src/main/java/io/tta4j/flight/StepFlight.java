package io.tta4j.flight;

import io.tta4j.event.RuntimeEvent;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** An adaptation. */
@Name("io.tta4j.AdaptationStep")
@Label("Adaptation Step")
@Description("A method has looked at a batch, and its state is published")
@Category("tta4j")
@StackTrace(false)
final class StepFlight extends Event {

    @Label("Stream")
    String stream = "";

    @Label("Time Taken")
    @Timespan(Timespan.NANOSECONDS)
    long taken;

    @Label("Samples")
    int samples;

    @Label("Reliable Samples")
    int reliable;

    @Label("Adapted Samples")
    int adapted;

    @Label("Mean Entropy")
    @Description("of the predictions before the step, in nats")
    double entropy;

    @Label("Distance to Source")
    double distance;

    @Label("Reset")
    boolean reset;

    static void commit(RuntimeEvent.Adapted event) {
        StepFlight flight = new StepFlight();
        if (flight.shouldCommit()) {
            flight.stream = event.stream();
            flight.taken = event.nanos();
            flight.samples = event.report().samples();
            flight.reliable = event.report().reliable();
            flight.adapted = event.report().adaptedSamples();
            flight.entropy = event.meanEntropy();
            flight.distance = event.distanceToSource();
            flight.reset = event.report().reset();
            flight.commit();
        }
    }
}
