package io.tta4j.stream.corruption;

/** The noises: independent for every value of the image. */
final class Noise {

    private Noise() {}

    static Distortion gaussian(double deviation) {
        return (image, draws) -> {
            double[] values = image.values();
            for (int i = 0; i < values.length; i++) {
                values[i] += deviation * draws.normal();
            }
            return image;
        };
    }

    static Distortion speckle(double deviation) {
        return (image, draws) -> {
            double[] values = image.values();
            for (int i = 0; i < values.length; i++) {
                values[i] += values[i] * deviation * draws.normal();
            }
            return image;
        };
    }

    /** Poisson noise: a value of 1 counts {@code photons} on average. */
    static Distortion shot(double photons) {
        PoissonCounts counts = new PoissonCounts(photons);
        return (image, draws) -> {
            double[] values = image.values();
            for (int i = 0; i < values.length; i++) {
                values[i] = counts.draw(values[i], draws.uniform()) / photons;
            }
            return image;
        };
    }

    /** Salt and pepper: this share of the values becomes 0 or 1, either equally often. */
    static Distortion impulse(double amount) {
        return (image, draws) -> {
            double[] values = image.values();
            for (int i = 0; i < values.length; i++) {
                double draw = draws.uniform();
                if (draw < amount) {
                    values[i] = draw < amount / 2 ? 0 : 1;
                }
            }
            return image;
        };
    }
}
