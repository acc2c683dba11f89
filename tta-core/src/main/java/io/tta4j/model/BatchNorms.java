package io.tta4j.model;

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
