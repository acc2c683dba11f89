package io.tta4j.stream.corruption;

/** Fog: a plasma fractal added to all channels, and the sum scaled back to the image's own brightest value. */
record Fog(double thickness, double decay) implements Distortion {

    @Override
    public UnitImage apply(UnitImage image, Draws draws) {
        Plasma plasma = Plasma.atLeast(Math.max(image.height(), image.width()), decay, draws);
        double max = image.max();
        double[] values = image.values();
        for (int i = 0; i < values.length; i++) {
            int pixel = i / UnitImage.CHANNELS;
            double density = plasma.at(pixel / image.width(), pixel % image.width());
            values[i] = (values[i] + thickness * density) * max / (max + thickness);
        }
        return image;
    }
}
