package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/**
 * Snow: flakes from thresholded noise, blurred by their fall and laid over a paler image, once as they are and once
 * turned by 180 degrees.
 *
 * @param mean of the noise
 * @param deviation of the noise
 * @param zoom the flakes' size in pixels
 * @param threshold of what is a flake
 * @param radius of the motion blur
 * @param sigma of the motion blur
 * @param share of the image's own colours; the rest is whitened
 */
record Snow(double mean, double deviation, double zoom, double threshold, int radius, double sigma, double share)
        implements Distortion {

    @Override
    public byte[] apply(RgbImage image, Draws draws) {
        float[] flakes = flakes(image, draws).values();
        byte[] rgb = image.pixels();
        byte[] out = new byte[rgb.length];
        for (int pixel = 0; pixel < flakes.length; pixel++) {
            int i = pixel * RgbImage.CHANNELS;
            double red = Levels.unit(rgb[i]);
            double green = Levels.unit(rgb[i + 1]);
            double blue = Levels.unit(rgb[i + 2]);
            double pale = 1.5 * (0.299 * red + 0.587 * green + 0.114 * blue) + 0.5;
            double snow = flakes[pixel] + flakes[flakes.length - 1 - pixel];
            out[i] = Levels.level(share * red + (1 - share) * Math.max(red, pale) + snow);
            out[i + 1] = Levels.level(share * green + (1 - share) * Math.max(green, pale) + snow);
            out[i + 2] = Levels.level(share * blue + (1 - share) * Math.max(blue, pale) + snow);
        }
        return out;
    }

    /** In bytes before and after the blur, as ImageMagick takes and gives them. */
    private Raster flakes(RgbImage image, Draws draws) {
        Raster noise = Raster.noise(image.height(), image.width(), mean, deviation, draws);
        Raster flakes = Zoom.of(noise, zoom).toRaster();
        flakes.cutBelow((float) threshold);
        Raster blurred =
                Kernel.motion(radius, sigma, draws.uniform(-135, -45)).filter(flakes.quantised(0), Border.NEAREST);
        return blurred.quantised(0.5f);
    }
}
