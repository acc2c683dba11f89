package io.tta4j.onnx.norm;

/** How a norm layer normalises. */
public sealed interface Normalization {

    /** Whether there are such layers that have scales alone. */
    default boolean goesWithoutShifts() {
        return false;
    }

    /**
     * Over groups of channels and all of space, channels on axis 1: group norm, and instance norm with a group for
     * every channel.
     */
    record OverGroups(int groups, float epsilon) implements Normalization {

        @Override
        public boolean goesWithoutShifts() {
            return true;
        }
    }

    /** Over the axes from {@code firstAxis} on: layer norm. */
    record OverFeatures(int firstAxis, float epsilon) implements Normalization {

        @Override
        public boolean goesWithoutShifts() {
            return true;
        }
    }

    /** By the root of the mean square over the axes from {@code firstAxis} on, about zero: RMS norm. */
    record RootMeanSquare(int firstAxis, float epsilon) implements Normalization {

        @Override
        public boolean goesWithoutShifts() {
            return true;
        }
    }

    /** Not at all: what comes in was normalised before, and is scaled and shifted along one axis. */
    record Affine(int channelAxis) implements Normalization {

        @Override
        public boolean goesWithoutShifts() {
            return true;
        }
    }

    /**
     * With statistics that were fixed in training, channels on axis 1: batch norm.
     *
     * @param mean the tensor of means [C]
     * @param variance the tensor of variances [C]
     */
    record Frozen(String mean, String variance, float epsilon) implements Normalization {}

    /**
     * With statistics that move with the batch, channels on axis 1: batch norm with {@code mean = w * batchMean + (1 -
     * w) * source mean}, and so the variance.
     *
     * @param mean the tensor of blended means [C]
     * @param variance the tensor of blended variances [C]
     * @param batchMean the tensor of means over the batch and space [C]
     * @param batchWeight w, in (0, 1]
     */
    record Live(String mean, String variance, String batchMean, float epsilon, double batchWeight)
            implements Normalization {}
}
