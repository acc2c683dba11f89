package io.tta4j.stream.cli;

import io.tta4j.stream.card.ModelCard;
import io.tta4j.stream.card.ModelCards;
import io.tta4j.stream.data.ChannelOrder;
import io.tta4j.stream.data.Layout;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.image.Geometry;
import io.tta4j.stream.image.Interpolation;
import io.tta4j.stream.image.Resize;
import io.tta4j.stream.image.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how images become the model's input. They go before what a file beside the model says. */
final class PreprocessingOptions {

    private static final String NO_CARD = "none";

    @Option(
            names = "--card",
            paramLabel = "F",
            description = "a JSON file that says the options below (default: <model>.card.json, model.json,"
                    + " preprocessor_config.json or timm's config.json beside the model; none: no file)")
    private @Nullable String card;

    @Option(
            names = "--resize",
            paramLabel = "S",
            description = "the shorter side that images are resized to, or HxW for both (default: for image files 8/7"
                    + " of the model's size, unless they have that; arrays not at all)")
    private @Nullable String resize;

    @Option(
            names = "--crop",
            paramLabel = "S",
            description = "the side of the square, or HxW, that is cut out of the centre then (default: for image files"
                    + " the model's size)")
    private @Nullable String crop;

    @Option(
            names = "--interpolation",
            paramLabel = "I",
            description = "of resizing: bilinear (default), bicubic, lanczos or box, each antialiased, as in PIL")
    private @Nullable String interpolation;

    @Option(names = "--scale", paramLabel = "S", description = "what pixels are divided by (default: 255)")
    private @Nullable Float scale;

    @Option(
            names = "--mean",
            paramLabel = "M,M,M",
            split = ",",
            hideParamSyntax = true,
            description = "what is subtracted after that, one value a channel (default: nothing)")
    private @Nullable List<Float> mean;

    @Option(
            names = "--std",
            paramLabel = "D,D,D",
            split = ",",
            hideParamSyntax = true,
            description = "what is divided by last, one value a channel (default: nothing)")
    private @Nullable List<Float> std;

    @Option(names = "--layout", paramLabel = "L", description = "of the model's input: NCHW (default) or NHWC")
    private @Nullable Layout layout;

    @Option(names = "--channels", paramLabel = "C", description = "the model's order of them: RGB (default) or BGR")
    private @Nullable ChannelOrder channels;

    /**
     * The file that is read besides the options: the one that is named, or one beside the model.
     *
     * @throws io.tta4j.stream.data.DataException if one beside the model is no JSON
     */
    Optional<Path> file(Path model) throws IOException {
        if (card == null) {
            return ModelCards.beside(model);
        }
        return card.equals(NO_CARD) ? Optional.empty() : Optional.of(Path.of(card));
    }

    /**
     * What the options say, and of the rest what the file says.
     *
     * @throws IllegalArgumentException if an option makes no sense
     * @throws io.tta4j.stream.data.DataException if the file does not
     */
    ModelCard card(Path model) throws IOException {
        ModelCard options = new ModelCard(
                Optional.ofNullable(resize).map(PreprocessingOptions::resize),
                Optional.ofNullable(crop).map(text -> size("--crop", text)),
                Optional.ofNullable(interpolation).map(Interpolation::named),
                Optional.ofNullable(scale),
                Optional.ofNullable(mean),
                Optional.ofNullable(std),
                Optional.ofNullable(layout),
                Optional.ofNullable(channels),
                Optional.empty());
        Optional<Path> file = file(model);
        return file.isEmpty() ? options : options.over(ModelCards.read(file.get()));
    }

    /** What a report says of it, in the order to be shown. */
    Map<String, Object> config(Path model, Preprocessing inputs, Geometry geometry) throws IOException {
        Map<String, Object> config = new LinkedHashMap<>();
        file(model).ifPresent(file -> config.put("card", file.getFileName().toString()));
        if (!geometry.isNone()) {
            config.put("geometry", geometry.toString());
        }
        config.put("scale", inputs.scale());
        config.put("mean", inputs.mean());
        config.put("std", inputs.std());
        config.put("layout", inputs.layout());
        config.put("channels", inputs.channels());
        return config;
    }

    private static Resize resize(String text) {
        Size size = size("--resize", text);
        return text.contains("x") ? new Resize.Exact(size) : new Resize.ShorterSide(size.height());
    }

    /** {@code 224} or {@code 224x160}. */
    private static Size size(String option, String text) {
        String[] sides = text.split("x", -1);
        try {
            if (sides.length <= 2) {
                return new Size(Integer.parseInt(sides[0]), Integer.parseInt(sides[sides.length - 1]));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(misspelt(option, text), e);
        }
        throw new IllegalArgumentException(misspelt(option, text));
    }

    private static String misspelt(String option, String text) {
        return "%s must be a number of pixels, such as 224, or two, such as 224x160, but was '%s'"
                .formatted(option, text);
    }
}
