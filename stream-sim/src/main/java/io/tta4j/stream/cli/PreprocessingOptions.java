package io.tta4j.stream.cli;

import io.tta4j.stream.data.Preprocessing;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say how uint8 images become the model's input. */
final class PreprocessingOptions {

    @Option(
            names = "--scale",
            paramLabel = "S",
            defaultValue = "255",
            description = "what pixels are divided by (default: ${DEFAULT-VALUE})")
    private float scale;

    @Option(
            names = "--mean",
            paramLabel = "M,M,M",
            split = ",",
            hideParamSyntax = true,
            description = "what is subtracted after that, one value a channel (default: nothing)")
    private List<Float> mean = List.of();

    @Option(
            names = "--std",
            paramLabel = "D,D,D",
            split = ",",
            hideParamSyntax = true,
            description = "what is divided by last, one value a channel (default: nothing)")
    private List<Float> std = List.of();

    /** @throws IllegalArgumentException as {@link Preprocessing} */
    Preprocessing preprocessing() {
        return new Preprocessing(scale, mean, std);
    }
}
