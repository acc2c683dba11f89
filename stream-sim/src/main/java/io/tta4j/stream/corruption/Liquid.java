package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/**
 * Where drops are: normal noise, smoothed, and zero below a threshold.
 *
 * @param mean of the noise
 * @param deviation of the noise
 * @param filter what makes drops of it
 * @param threshold of what is a drop
 */
record Liquid(double mean, double deviation, GaussianFilter filter, double threshold) {

    static Liquid of(double mean, double deviation, double sigma, double threshold) {
        return new Liquid(mean, deviation, GaussianFilter.of(sigma), threshold);
    }

    Raster drops(RgbImage image, Draws draws) {
        Raster noise = Raster.noise(image.height(), image.width(), mean, deviation, draws);
        Raster drops = filter.filter(noise, Border.NEAREST);
        drops.cutBelow((float) threshold);
        return drops;
    }
}
