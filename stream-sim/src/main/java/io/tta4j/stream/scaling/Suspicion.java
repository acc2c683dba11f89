package io.tta4j.stream.scaling;

import java.util.Locale;

/**
 * That a model's input is probably scaled wrongly.
 *
 * @param better what would fit better
 * @param nats what the model's answers tell of their inputs as these are scaled now
 * @param betterNats what they tell with the better scaling
 * @param mostNats what they could tell at most
 */
public record Suspicion(Scaling better, double nats, double betterNats, double mostNats) {

    /** One line for the user, without end. */
    public String line() {
        return String.format(
                Locale.ROOT,
                "the input is probably scaled wrongly: %s would fit better (%s); by it the model's answers tell %.2f of %.2f"
                        + " nats about the images, as it is %.2f",
                better.name(),
                better.options(),
                betterNats,
                mostNats,
                nats);
    }
}
