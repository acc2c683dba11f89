package io.tta4j.model;

import java.util.Arrays;
import java.util.List;

/**
 * The batch norm layers of a model whose statistics can move, and how the model is run under other statistics than the
 * source's: on frozen statistics batch norm is affine, so under others it is the same layer with another scale and
 * shift. With the source's mean m and variance v, and others m' and v',
 *
 * <pre>
 *     gamma (x - m') / sqrt(v' + e) + beta  =  a gamma (x - m) / sqrt(v + e) + beta + b gamma
 *     a = sqrt(v + e) / sqrt(v' + e)        b = (m - m') / sqrt(v' + e)
 * </pre>
 *
 * @param layers in the order of the model's layout
 * @param source the moments that were fixed in training
 */
public record BatchNorms(List<Layer> layers, Moments source) {

    /** How many times as long the last layer looks back as the first one. */
    private static final double LAST_TO_FIRST = 16;

    /**
     * One layer.
     *
     * @param norm its place in theta
     * @param epsilon what is added to its variances
     */
    public record Layer(NormLayer norm, float epsilon) {}

    /** @throws IllegalArgumentException if the moments are not one value for each channel of the layers */
    public BatchNorms {
        layers = List.copyOf(layers);
        int channels = layers.stream().mapToInt(layer -> layer.norm().width()).sum();
        if (channels != source.channels()) {
            throw new IllegalArgumentException("there must be a mean for each of %d channels, but there were %d"
                    .formatted(channels, source.channels()));
        }
    }

    /**
     * Refuses moments of another model.
     *
     * @throws IllegalArgumentException if the moments are of another number of channels
     */
    public void requireFits(Moments moments) {
        if (moments.channels() != source.channels()) {
            throw new IllegalArgumentException(
                    "moments must be of %d channels, but were of %d".formatted(source.channels(), moments.channels()));
        }
    }

    /**
     * The share of a single sample in moving moments: {@code 1 / window} in the first layer, and less the deeper a
     * layer lies, in even ratios, down to a sixteenth of that in the last. What the first layers see changes with the
     * imaging, and is much the same for all classes; what the last layers see changes with the classes, so that a
     * window shorter than a stretch of few classes would take those for the whole.
     *
     * @param window in samples, at least 1
     * @return one for each channel
     */
    public Vector rates(double window) {
        float[] rates = new float[source.channels()];
        int channel = 0;
        for (int i = 0; i < layers.size(); i++) {
            double depth = layers.size() == 1 ? 0 : (double) i / (layers.size() - 1);
            int end = channel + layers.get(i).norm().width();
            Arrays.fill(rates, channel, end, (float) (Math.pow(LAST_TO_FIRST, -depth) / window));
            channel = end;
        }
        return Vector.of(rates);
    }

    /**
     * Refuses rates of another model, and what is no rate.
     *
     * @throws IllegalArgumentException if there is not one for each channel, or one is not in (0, 1]
     */
    public void requireRates(Vector rates) {
        if (rates.size() != source.channels()) {
            throw new IllegalArgumentException("there must be a rate for each of %d channels, but there were %d"
                    .formatted(source.channels(), rates.size()));
        }
        for (int i = 0; i < rates.size(); i++) {
            boolean inRange = 0 < rates.get(i) && rates.get(i) <= 1;
            if (!inRange) {
                throw new IllegalArgumentException("rates must be above 0 and at most 1, but one was " + rates.get(i));
            }
        }
    }

    /** What share a whole batch has, of so many samples with these shares: {@code 1 - (1 - rate)^rows}. */
    public static Vector weights(Vector rates, int rows) {
        float[] weights = new float[rates.size()];
        for (int i = 0; i < weights.length; i++) {
            // The channels of a layer are alike.
            boolean known = i > 0 && rates.get(i) == rates.get(i - 1);
            weights[i] = known ? weights[i - 1] : (float) (1 - Math.pow(1 - (double) rates.get(i), rows));
        }
        return Vector.of(weights);
    }

    /**
     * How far moments are from the source's: in each channel the mean square distance from the source's mean, in the
     * source's variances, which is 1 for the source's own; of a layer the median of its channels, of the layers the
     * largest. A few channels that have next to no variance do not show.
     */
    public double distance(Moments moments) {
        double farthest = 0;
        int channel = 0;
        for (Layer layer : layers) {
            double[] distances = new double[layer.norm().width()];
            for (int i = 0; i < distances.length; i++, channel++) {
                double way =
                        (double) moments.means().get(channel) - source.means().get(channel);
                distances[i] = (moments.variances().get(channel) + way * way)
                        / ((double) source.variances().get(channel) + layer.epsilon());
            }
            Arrays.sort(distances);
            farthest = Math.max(farthest, distances[distances.length / 2]);
        }
        return farthest;
    }

    /** Theta at which the model on the source's moments is the model at {@code theta} on these moments. */
    Vector effective(Vector theta, Moments moments) {
        float[] effective = theta.toArray();
        forEachChannel(moments, (weight, bias, a, b) -> {
            float gamma = effective[weight];
            effective[weight] = (float) (a * gamma);
            effective[bias] = (float) (effective[bias] + b * gamma);
        });
        return Vector.of(effective);
    }

    /** The chain rule of {@link #effective}: from a gradient there to the gradient with respect to theta. */
    Vector pullback(Vector gradient, Moments moments) {
        float[] pulled = gradient.toArray();
        pullback(pulled, 0, moments);
        return Vector.of(pulled);
    }

    /** The same for each row. */
    Matrix pullback(Matrix gradients, Moments moments) {
        float[] pulled = gradients.toArray();
        for (int row = 0; row < gradients.rows(); row++) {
            pullback(pulled, row * gradients.columns(), moments);
        }
        return Matrix.of(gradients.rows(), gradients.columns(), pulled);
    }

    private void pullback(float[] gradient, int from, Moments moments) {
        forEachChannel(
                moments,
                (weight, bias, a, b) ->
                        gradient[from + weight] = (float) (a * gradient[from + weight] + b * gradient[from + bias]));
    }

    /** What to do with a channel, whose scale and shift have places in theta. */
    private interface Channel {
        void accept(int weight, int bias, double a, double b);
    }

    private void forEachChannel(Moments moments, Channel action) {
        int channel = 0;
        for (Layer layer : layers) {
            int weights = layer.norm().weightOffset();
            int biases = layer.norm().biasOffset().orElseThrow();
            for (int i = 0; i < layer.norm().width(); i++, channel++) {
                double deviation = Math.sqrt((double) moments.variances().get(channel) + layer.epsilon());
                double sourceDeviation = Math.sqrt((double) source.variances().get(channel) + layer.epsilon());
                double distance =
                        (double) source.means().get(channel) - moments.means().get(channel);
                action.accept(weights + i, biases + i, sourceDeviation / deviation, distance / deviation);
            }
        }
    }
}
