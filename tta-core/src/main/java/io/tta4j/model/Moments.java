package io.tta4j.model;

/**
 * The means and variances by which the batch norm of a model normalises: one value a channel, the layers of
 * {@link BatchNorms} one after another.
 *
 * @param means in the units of the layers' inputs
 * @param variances the squares of these; biased
 */
public record Moments(Vector means, Vector variances) {

    /** @throws IllegalArgumentException if there are not as many variances as means */
    public Moments {
        if (means.size() != variances.size()) {
            throw new IllegalArgumentException("there must be as many variances as means, but there were %d and %d"
                    .formatted(variances.size(), means.size()));
        }
    }

    /** The number of channels. */
    public int channels() {
        return means.size();
    }
}
