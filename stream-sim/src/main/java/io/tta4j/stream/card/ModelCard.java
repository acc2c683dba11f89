package io.tta4j.stream.card;

import io.tta4j.stream.data.ChannelOrder;
import io.tta4j.stream.data.Layout;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.image.Geometry;
import io.tta4j.stream.image.Interpolation;
import io.tta4j.stream.image.Resize;
import io.tta4j.stream.image.Size;
import java.util.List;
import java.util.Optional;

/**
 * What a model wants of its images; empty where nothing is said.
 *
 * @param resize to what size images are resized first
 * @param crop what is cut out of their centre then
 * @param interpolation of the resizing
 * @param scale what pixels are divided by
 * @param mean what is subtracted then, one value a channel
 * @param std what is divided by last, one value a channel
 * @param layout of the input
 * @param channels the order of the channels
 * @param classes the names of the classes, in the order of the model's outputs
 */
public record ModelCard(
        Optional<Resize> resize,
        Optional<Size> crop,
        Optional<Interpolation> interpolation,
        Optional<Float> scale,
        Optional<List<Float>> mean,
        Optional<List<Float>> std,
        Optional<Layout> layout,
        Optional<ChannelOrder> channels,
        Optional<List<String>> classes) {

    /** Says nothing. */
    public static ModelCard empty() {
        return new ModelCard(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** What this card says, and of the rest what another one says. */
    public ModelCard over(ModelCard other) {
        return new ModelCard(
                resize.or(other::resize),
                crop.or(other::crop),
                interpolation.or(other::interpolation),
                scale.or(other::scale),
                mean.or(other::mean),
                std.or(other::std),
                layout.or(other::layout),
                channels.or(other::channels),
                classes.or(other::classes));
    }

    /**
     * How pixels become inputs; where nothing is said: divided by 255, RGB, NCHW.
     *
     * @throws IllegalArgumentException as {@link Preprocessing}
     */
    public Preprocessing preprocessing() {
        Preprocessing silent = Preprocessing.ofDefaults();
        return new Preprocessing(
                scale.orElse(silent.scale()),
                mean.orElse(silent.mean()),
                std.orElse(silent.std()),
                layout.orElse(silent.layout()),
                channels.orElse(silent.channels()));
    }

    /** How images get their size; where nothing is said: not at all. */
    public Geometry geometry() {
        return new Geometry(resize, crop, interpolation.orElse(Geometry.none().interpolation()));
    }
}
