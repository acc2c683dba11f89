package io.tta4j.stream.corruption;

/** The blurs that are one linear filter. */
final class Blur {

    private Blur() {}

    static Distortion gaussian(double sigma) {
        // scikit-image cuts the filter off at four standard deviations, rounded.
        Kernel kernel = Kernel.gaussian(sigma, (int) (4 * sigma + 0.5));
        return (image, draws) -> kernel.filter(image, Border.NEAREST);
    }

    static Distortion defocus(double radius, double smoothing) {
        Kernel kernel = Kernel.disk(radius, smoothing);
        return (image, draws) -> kernel.filter(image, Border.REFLECT_101);
    }
}
