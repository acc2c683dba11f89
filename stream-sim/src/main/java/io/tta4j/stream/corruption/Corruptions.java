package io.tta4j.stream.corruption;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * The corruptions by name, in the order of the paper's table, the four held-out ones last. The constants of the
 * severities are those that CIFAR-10-C and ImageNet-C were made with (Hendrycks and Dietterich, ICLR 2019, arXiv
 * 1903.12261).
 *
 * <p>Corruptions have no state of their own and are safe for use by many threads.
 */
public final class Corruptions {

    private static final List<Corruption> CIFAR = List.of(
            corruption("gaussian_noise", Noise::gaussian, 0.04, 0.06, 0.08, 0.09, 0.10),
            corruption("shot_noise", Noise::shot, 500, 250, 100, 75, 50),
            corruption("impulse_noise", Noise::impulse, 0.01, 0.02, 0.03, 0.05, 0.07),
            corruption(
                    "defocus_blur",
                    Blur.defocus(0.3, 0.4),
                    Blur.defocus(0.4, 0.5),
                    Blur.defocus(0.5, 0.6),
                    Blur.defocus(1, 0.2),
                    Blur.defocus(1.5, 0.1)),
            corruption(
                    "glass_blur",
                    GlassBlur.of(0.05, 1, 1),
                    GlassBlur.of(0.25, 1, 1),
                    GlassBlur.of(0.4, 1, 1),
                    GlassBlur.of(0.25, 1, 2),
                    GlassBlur.of(0.4, 1, 2)),
            corruption(
                    "motion_blur",
                    Blur.motion(6, 1),
                    Blur.motion(6, 1.5),
                    Blur.motion(6, 2),
                    Blur.motion(8, 2),
                    Blur.motion(9, 2.5)),
            corruption(
                    "zoom_blur",
                    Blur.zoom(1.06, 0.01),
                    Blur.zoom(1.11, 0.01),
                    Blur.zoom(1.16, 0.01),
                    Blur.zoom(1.21, 0.01),
                    Blur.zoom(1.26, 0.01)),
            corruption(
                    "snow",
                    new Snow(0.1, 0.2, 1, 0.6, 8, 3, 0.95),
                    new Snow(0.1, 0.2, 1, 0.5, 10, 4, 0.9),
                    new Snow(0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
                    new Snow(0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
                    new Snow(0.3, 0.3, 1.25, 0.65, 14, 12, 0.8)),
            corruption(
                    "frost",
                    new Frost(1, 0.2, 5),
                    new Frost(1, 0.3, 5),
                    new Frost(0.9, 0.4, 5),
                    new Frost(0.85, 0.4, 5),
                    new Frost(0.75, 0.45, 5)),
            corruption("fog", new Fog(0.2, 3), new Fog(0.5, 3), new Fog(0.75, 2.5), new Fog(1, 2), new Fog(1.5, 1.75)),
            corruption("brightness", Colour::brightness, 0.05, 0.1, 0.15, 0.2, 0.3),
            corruption("contrast", Colour::contrast, 0.75, 0.5, 0.4, 0.3, 0.15),
            corruption(
                    "elastic_transform",
                    new Elastic(0, 0, 0.08),
                    new Elastic(0.05, 0.2, 0.07),
                    new Elastic(0.08, 0.06, 0.06),
                    new Elastic(0.1, 0.04, 0.05),
                    new Elastic(0.1, 0.03, 0.03)),
            corruption("pixelate", Pixelate::new, 0.95, 0.9, 0.85, 0.75, 0.65),
            corruption("jpeg_compression", Corruptions::jpeg, 80, 65, 58, 50, 40),
            corruption("speckle_noise", Noise::speckle, 0.06, 0.1, 0.12, 0.16, 0.2),
            corruption("gaussian_blur", Blur::gaussian, 0.4, 0.6, 0.7, 0.8, 1),
            corruption(
                    "spatter",
                    new Water(Liquid.of(0.62, 0.1, 0.7, 0.7), 0.5),
                    new Water(Liquid.of(0.65, 0.1, 0.8, 0.7), 0.5),
                    new Water(Liquid.of(0.65, 0.3, 1, 0.69), 0.5),
                    Mud.of(Liquid.of(0.65, 0.1, 0.7, 0.69), 0.6),
                    Mud.of(Liquid.of(0.65, 0.1, 0.5, 0.68), 0.6)),
            corruption(
                    "saturate",
                    Colour.saturate(0.3, 0),
                    Colour.saturate(0.1, 0),
                    Colour.saturate(1.5, 0),
                    Colour.saturate(2, 0.1),
                    Colour.saturate(2.5, 0.2)));

    /** The side in whose units the published constants of elastic_transform are, for images of 224 pixels a side. */
    private static final double ELASTIC = 244 / 224.0;

    private static final List<Corruption> IMAGENET = List.of(
            corruption("gaussian_noise", Noise::gaussian, 0.08, 0.12, 0.18, 0.26, 0.38),
            corruption("shot_noise", Noise::shot, 60, 25, 12, 5, 3),
            corruption("impulse_noise", Noise::impulse, 0.03, 0.06, 0.09, 0.17, 0.27),
            corruption(
                    "defocus_blur",
                    Blur.defocus(3, 0.1),
                    Blur.defocus(4, 0.5),
                    Blur.defocus(6, 0.5),
                    Blur.defocus(8, 0.5),
                    Blur.defocus(10, 0.5)),
            corruption(
                    "glass_blur",
                    GlassBlur.of(0.7, 1, 2),
                    GlassBlur.of(0.9, 2, 1),
                    GlassBlur.of(1, 2, 3),
                    GlassBlur.of(1.1, 3, 2),
                    GlassBlur.of(1.5, 4, 2)),
            corruption(
                    "motion_blur",
                    Blur.motion(10, 3),
                    Blur.motion(15, 5),
                    Blur.motion(15, 8),
                    Blur.motion(15, 12),
                    Blur.motion(20, 15)),
            corruption(
                    "zoom_blur",
                    Blur.zoom(1.11, 0.01),
                    Blur.zoom(1.16, 0.01),
                    Blur.zoom(1.21, 0.02),
                    Blur.zoom(1.26, 0.02),
                    Blur.zoom(1.31, 0.03)),
            corruption(
                    "snow",
                    new Snow(0.1, 0.3, 3, 0.5, 10, 4, 0.8),
                    new Snow(0.2, 0.3, 2, 0.5, 12, 4, 0.7),
                    new Snow(0.55, 0.3, 4, 0.9, 12, 8, 0.7),
                    new Snow(0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
                    new Snow(0.55, 0.3, 2.5, 0.85, 12, 12, 0.55)),
            corruption(
                    "frost",
                    new Frost(1, 0.4, 1),
                    new Frost(0.8, 0.6, 1),
                    new Frost(0.7, 0.7, 1),
                    new Frost(0.65, 0.7, 1),
                    new Frost(0.6, 0.75, 1)),
            corruption("fog", new Fog(1.5, 2), new Fog(2, 2), new Fog(2.5, 1.7), new Fog(2.5, 1.5), new Fog(3, 1.4)),
            corruption("brightness", Colour::brightness, 0.1, 0.2, 0.3, 0.4, 0.5),
            corruption("contrast", Colour::contrast, 0.4, 0.3, 0.2, 0.1, 0.05),
            corruption(
                    "elastic_transform",
                    new Elastic(2 * ELASTIC, 0.7 * ELASTIC, 0.1 * ELASTIC),
                    new Elastic(2 * ELASTIC, 0.08 * ELASTIC, 0.2 * ELASTIC),
                    new Elastic(0.05 * ELASTIC, 0.01 * ELASTIC, 0.02 * ELASTIC),
                    new Elastic(0.07 * ELASTIC, 0.01 * ELASTIC, 0.02 * ELASTIC),
                    new Elastic(0.12 * ELASTIC, 0.01 * ELASTIC, 0.02 * ELASTIC)),
            corruption("pixelate", Pixelate::new, 0.6, 0.5, 0.4, 0.3, 0.25),
            corruption("jpeg_compression", Corruptions::jpeg, 25, 18, 15, 10, 7),
            corruption("speckle_noise", Noise::speckle, 0.15, 0.2, 0.35, 0.45, 0.6),
            corruption("gaussian_blur", Blur::gaussian, 1, 2, 3, 4, 6),
            corruption(
                    "spatter",
                    new Water(Liquid.of(0.65, 0.3, 4, 0.69), 0.6),
                    new Water(Liquid.of(0.65, 0.3, 3, 0.68), 0.6),
                    new Water(Liquid.of(0.65, 0.3, 2, 0.68), 0.5),
                    Mud.of(Liquid.of(0.65, 0.3, 1, 0.65), 1.5),
                    Mud.of(Liquid.of(0.67, 0.4, 1, 0.65), 1.5)),
            corruption(
                    "saturate",
                    Colour.saturate(0.3, 0),
                    Colour.saturate(0.1, 0),
                    Colour.saturate(2, 0),
                    Colour.saturate(5, 0.1),
                    Colour.saturate(20, 0.2)));

    private static final List<Corruption> SIZED = sized();

    private Corruptions() {}

    /** All corruptions, in order; their constants go with each image's size, as {@link ParameterSet#forSize}. */
    public static List<Corruption> all() {
        return SIZED;
    }

    /** All corruptions, in order, with these constants whatever the image's size. */
    public static List<Corruption> all(ParameterSet parameters) {
        return parameters == ParameterSet.CIFAR ? CIFAR : IMAGENET;
    }

    /** The names of all corruptions, in order. */
    public static List<String> names() {
        return SIZED.stream().map(Corruption::name).toList();
    }

    /**
     * The corruption of this name, as in {@code gaussian_noise}; its constants go with each image's size.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static Corruption named(String name) {
        return named(name, SIZED);
    }

    /**
     * The corruption of this name with these constants whatever the image's size.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static Corruption named(String name, ParameterSet parameters) {
        return named(name, all(parameters));
    }

    private static Corruption named(String name, List<Corruption> corruptions) {
        return corruptions.stream()
                .filter(corruption -> corruption.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "corruption must be one of %s, but was %s".formatted(String.join(", ", names()), name)));
    }

    private static List<Corruption> sized() {
        return CIFAR.stream()
                .<Corruption>map(cifar -> new SizedCorruption(cifar, named(cifar.name(), IMAGENET)))
                .toList();
    }

    private static Corruption corruption(String name, Distortion... severities) {
        return new FixedCorruption(name, List.of(severities));
    }

    private static Corruption corruption(String name, DoubleFunction<Distortion> family, double... constants) {
        return corruption(name, Arrays.stream(constants).mapToObj(family).toArray(Distortion[]::new));
    }

    private static Distortion jpeg(double quality) {
        return new Jpeg((int) quality);
    }
}
