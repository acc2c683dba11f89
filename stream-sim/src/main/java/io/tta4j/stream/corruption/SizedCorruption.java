package io.tta4j.stream.corruption;

/**
 * A corruption whose constants go with the image's size.
 *
 * @param cifar for small images
 * @param imagenet for large ones
 */
record SizedCorruption(Corruption cifar, Corruption imagenet) implements Corruption {

    @Override
    public String name() {
        return cifar.name();
    }

    @Override
    public byte[] apply(byte[] pixels, int height, int width, int severity, long seed) {
        Corruption fitting = ParameterSet.forSize(height, width) == ParameterSet.CIFAR ? cifar : imagenet;
        return fitting.apply(pixels, height, width, severity, seed);
    }

    @Override
    public String toString() {
        return name();
    }
}
