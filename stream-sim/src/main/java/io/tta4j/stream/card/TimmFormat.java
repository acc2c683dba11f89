package io.tta4j.stream.card;

import io.tta4j.stream.data.DataException;
import io.tta4j.stream.image.Interpolation;
import io.tta4j.stream.image.Resize;
import io.tta4j.stream.image.Size;
import java.util.Optional;

/**
 * timm's {@code config.json}: its {@code pretrained_cfg} has {@code input_size}, {@code crop_pct}, {@code crop_mode},
 * {@code interpolation}, {@code mean} and {@code std}. Images are resized by 1 / crop_pct of the crop, rounded down.
 */
final class TimmFormat implements CardFormat {

    private static final String SETTINGS = "pretrained_cfg";
    private static final float USUAL_CROP = 0.875f;

    @Override
    public boolean recognises(Fields fields) {
        return fields.node(SETTINGS).isPresent();
    }

    @Override
    public ModelCard read(Fields all) {
        Fields fields = new Fields(all.file(), all.node(SETTINGS).orElseThrow());
        Optional<Size> crop = fields.node("input_size").map(value -> {
            if (!value.isArray() || value.size() != 3) {
                throw fields.wrong("input_size", "[channels, height, width]", value);
            }
            return new Size(fields.whole("input_size", value.get(1)), fields.whole("input_size", value.get(2)));
        });
        return new ModelCard(
                crop.map(size -> resize(fields, size)),
                crop,
                Optional.of(
                        fields.constant("interpolation", Interpolation.class).orElse(Interpolation.BICUBIC)),
                Optional.of(255f),
                fields.numbers("mean"),
                fields.numbers("std"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Resize resize(Fields fields, Size crop) {
        // As Python's floor(size / crop_pct): in double, of the decimal that the file has.
        double share = fields.node("crop_pct").isPresent()
                ? Double.parseDouble(fields.node("crop_pct").orElseThrow().asText())
                : USUAL_CROP;
        String mode = fields.text("crop_mode").orElse("center");
        Size size = new Size((int) (crop.height() / share), (int) (crop.width() / share));
        if (mode.equals("squash")) {
            return new Resize.Exact(size);
        }
        if (!mode.equals("center") || crop.height() != crop.width()) {
            throw new DataException(("%s: 'crop_mode' must be squash, or center of a square, but was %s of %s: --resize"
                            + " and --crop with --card none say the like")
                    .formatted(fields.file(), mode, crop));
        }
        return new Resize.ShorterSide(size.height());
    }
}
