package io.tta4j.stream.card;

import com.fasterxml.jackson.databind.JsonNode;
import io.tta4j.stream.data.ChannelOrder;
import io.tta4j.stream.image.Interpolation;
import io.tta4j.stream.image.Resize;
import io.tta4j.stream.image.Size;
import java.util.List;
import java.util.Optional;

/**
 * transformers' {@code preprocessor_config.json} of an image processor: {@code size}, {@code crop_size},
 * {@code crop_pct}, {@code resample}, {@code rescale_factor}, {@code image_mean}, {@code image_std} and the switches
 * {@code do_...}.
 */
final class TransformersFormat implements CardFormat {

    /** From this shorter side on, ConvNeXT's processor does not crop. */
    private static final int UNCROPPED = 384;

    private static final float USUAL_CROP_SHARE = 224f / 256;

    @Override
    public boolean recognises(Fields fields) {
        return List.of("image_mean", "image_processor_type", "feature_extractor_type", "do_normalize").stream()
                .anyMatch(key -> fields.node(key).isPresent());
    }

    @Override
    public ModelCard read(Fields fields) {
        boolean normalised = fields.flag("do_normalize").orElse(true);
        Frame frame = frame(fields);
        return new ModelCard(
                fields.flag("do_resize").orElse(true) ? frame.resize() : Optional.empty(),
                frame.crop(),
                fields.node("resample").map(value -> interpolation(fields, value)),
                Optional.of(fields.flag("do_rescale").orElse(true) ? scale(fields) : 1),
                Optional.of(normalised ? fields.numbers("image_mean").orElse(List.of()) : List.of()),
                Optional.of(normalised ? fields.numbers("image_std").orElse(List.of()) : List.of()),
                Optional.empty(),
                fields.flag("do_flip_channel_order").map(flip -> flip ? ChannelOrder.BGR : ChannelOrder.RGB),
                Optional.empty());
    }

    /** What is multiplied by there is divided by here. */
    private static float scale(Fields fields) {
        return fields.node("rescale_factor")
                .map(factor -> (float) (1 / factor.asDouble()))
                .orElse(255f);
    }

    private record Frame(Optional<Resize> resize, Optional<Size> crop) {}

    private static Frame frame(Fields fields) {
        boolean cropped = fields.flag("do_center_crop").orElse(false);
        Optional<Size> crop =
                cropped ? fields.node("crop_size").map(value -> size(fields, "crop_size", value)) : Optional.empty();
        Optional<JsonNode> size = fields.node("size");
        if (size.isEmpty()) {
            return new Frame(Optional.empty(), crop);
        }
        JsonNode wanted = size.get();
        if (wanted.has("shortest_edge") || (wanted.isNumber() && cropped)) {
            int side = fields.whole("size", wanted.isNumber() ? wanted : wanted.get("shortest_edge"));
            return fields.node("crop_pct").isPresent() || isConvNext(fields)
                    ? convNext(fields, side)
                    : new Frame(Optional.of(new Resize.ShorterSide(side)), crop);
        }
        return new Frame(Optional.of(new Resize.Exact(size(fields, "size", wanted))), crop);
    }

    private static boolean isConvNext(Fields fields) {
        return fields.text("image_processor_type")
                .or(() -> fields.text("feature_extractor_type"))
                .filter(type -> type.startsWith("ConvNext"))
                .isPresent();
    }

    /** Small images are resized by 1 / crop_pct, then cropped; large ones are squeezed into their size. */
    private static Frame convNext(Fields fields, int side) {
        Size square = new Size(side, side);
        if (side >= UNCROPPED) {
            return new Frame(Optional.of(new Resize.Exact(square)), Optional.empty());
        }
        double share = fields.node("crop_pct").map(JsonNode::asDouble).orElse((double) USUAL_CROP_SHARE);
        return new Frame(Optional.of(new Resize.ShorterSide((int) (side / share))), Optional.of(square));
    }

    private static Size size(Fields fields, String key, JsonNode value) {
        if (value.isObject() && value.has("height") && value.has("width")) {
            return new Size(fields.whole(key, value.get("height")), fields.whole(key, value.get("width")));
        }
        return fields.size(key, value);
    }

    /** PIL's number of it. */
    private static Interpolation interpolation(Fields fields, JsonNode value) {
        return switch (value.asInt(-1)) {
            case 1 -> Interpolation.LANCZOS;
            case 2 -> Interpolation.BILINEAR;
            case 3 -> Interpolation.BICUBIC;
            case 4 -> Interpolation.BOX;
            default -> throw fields.wrong("resample", "1 (lanczos), 2 (bilinear), 3 (bicubic) or 4 (box)", value);
        };
    }
}
