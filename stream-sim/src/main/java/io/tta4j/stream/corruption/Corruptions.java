package io.tta4j.stream.corruption;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * The corruptions by name, in the order of the paper's table, the held-out ones last. The constants of the severities
 * are those that CIFAR-10-C was made with (Hendrycks and Dietterich, ICLR 2019, arXiv 1903.12261).
 */
public final class Corruptions {

    private static final List<Corruption> ALL = List.of(
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
            corruption("fog", new Fog(0.2, 3), new Fog(0.5, 3), new Fog(0.75, 2.5), new Fog(1, 2), new Fog(1.5, 1.75)),
            corruption("brightness", Colour::brightness, 0.05, 0.1, 0.15, 0.2, 0.3),
            corruption("contrast", Colour::contrast, 0.75, 0.5, 0.4, 0.3, 0.15),
            new Pixelate("pixelate", List.of(0.95, 0.9, 0.85, 0.75, 0.65)),
            corruption("speckle_noise", Noise::speckle, 0.06, 0.1, 0.12, 0.16, 0.2),
            corruption("gaussian_blur", Blur::gaussian, 0.4, 0.6, 0.7, 0.8, 1),
            corruption(
                    "saturate",
                    Colour.saturate(0.3, 0),
                    Colour.saturate(0.1, 0),
                    Colour.saturate(1.5, 0),
                    Colour.saturate(2, 0.1),
                    Colour.saturate(2.5, 0.2)));

    private Corruptions() {}

    /** All corruptions, in order. */
    public static List<Corruption> all() {
        return ALL;
    }

    /** The names of all corruptions, in order. */
    public static List<String> names() {
        return ALL.stream().map(Corruption::name).toList();
    }

    /** The corruption of this name, as in {@code gaussian_noise}. */
    public static Corruption named(String name) {
        return ALL.stream()
                .filter(corruption -> corruption.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "corruption must be one of %s, but was %s".formatted(String.join(", ", names()), name)));
    }

    private static Corruption corruption(String name, Distortion... severities) {
        return new ValueCorruption(name, List.of(severities));
    }

    private static Corruption corruption(String name, DoubleFunction<Distortion> family, double... constants) {
        return corruption(name, Arrays.stream(constants).mapToObj(family).toArray(Distortion[]::new));
    }
}
