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

    /**
     * The moments of a part of a whole, of which these are the whole's and {@code others} the rest's: what moved, by a
     * share of {@code weights}, from the others to these. A mixture's variance is {@code v = (1 - w) v0 + w v1 + w (1 -
     * w) (m1 - m0)^2}.
     *
     * @param weights w, in (0, 1], the part's share, one for each channel
     * @throws IllegalArgumentException if there are not as many of each
     */
    public Moments part(Moments others, Vector weights) {
        if (others.channels() != channels() || weights.size() != channels()) {
            throw new IllegalArgumentException("there must be %d moments and weights, but there were %d and %d"
                    .formatted(channels(), others.channels(), weights.size()));
        }
        float[] partMeans = new float[channels()];
        float[] partVariances = new float[channels()];
        for (int i = 0; i < partMeans.length; i++) {
            double weight = weights.get(i);
            double way = ((double) means.get(i) - others.means.get(i)) / weight;
            double variance = ((double) variances.get(i) - (1 - weight) * others.variances.get(i)) / weight;
            partMeans[i] = (float) (others.means.get(i) + way);
            partVariances[i] = (float) Math.max(0, variance - (1 - weight) * way * way);
        }
        return new Moments(Vector.of(partMeans), Vector.of(partVariances));
    }

    /** Whether all of them are finite. */
    public boolean isFinite() {
        return means.isFinite() && variances.isFinite();
    }

    /** The number of channels. */
    public int channels() {
        return means.size();
    }
}
