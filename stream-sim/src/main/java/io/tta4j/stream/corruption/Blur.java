package io.tta4j.stream.corruption;

/** The blurs. */
final class Blur {

    private Blur() {}

    static Distortion gaussian(double sigma) {
        GaussianFilter filter = GaussianFilter.of(sigma);
        return (image, draws) -> filter.filter(Raster.of(image), Border.NEAREST).toLevels();
    }

    static Distortion defocus(double radius, double smoothing) {
        Kernel kernel = Kernel.disk(radius, smoothing);
        return (image, draws) ->
                kernel.filter(Raster.of(image), Border.REFLECT_101).toLevels();
    }

    /** Motion in a direction up to 45 degrees from the horizontal. */
    static Distortion motion(int radius, double sigma) {
        return (image, draws) -> Kernel.motion(radius, sigma, draws.uniform(-45, 45))
                .filter(Raster.of(image), Border.NEAREST)
                .toLevels();
    }

    /** The mean of the image and of its enlargements by 1, 1 + step, ... up to {@code last}, as NumPy counts them. */
    static Distortion zoom(double last, double step) {
        int count = (int) Math.ceil((last - 1) / step);
        double delta = 1 + step - 1;
        return (image, draws) -> {
            Raster clean = Raster.of(image);
            Raster sum = Raster.of(image);
            for (int i = 0; i < count; i++) {
                Zoom.of(clean, 1 + i * delta).addTo(sum);
            }
            float[] values = sum.values();
            for (int i = 0; i < values.length; i++) {
                values[i] /= count + 1;
            }
            return sum.toLevels();
        };
    }
}
