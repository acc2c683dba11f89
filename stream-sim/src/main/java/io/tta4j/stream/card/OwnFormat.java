package io.tta4j.stream.card;

import com.fasterxml.jackson.databind.JsonNode;
import io.tta4j.stream.data.ChannelOrder;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.data.Layout;
import io.tta4j.stream.image.Interpolation;
import io.tta4j.stream.image.Resize;
import java.util.List;

/** Our own model card, {@code <model>.card.json} or {@code model.json}. Keys that it does not know are refused. */
final class OwnFormat implements CardFormat {

    private static final List<String> KEYS =
            List.of("resize", "crop", "interpolation", "scale", "mean", "std", "layout", "channels", "classes");

    @Override
    public boolean recognises(Fields fields) {
        return true;
    }

    @Override
    public ModelCard read(Fields fields) {
        fields.object().fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw new DataException("%s: keys must be among %s, but one was '%s'"
                        .formatted(fields.file(), String.join(", ", KEYS), key));
            }
        });
        return new ModelCard(
                fields.node("resize").map(value -> resize(fields, value)),
                fields.node("crop").map(value -> fields.size("crop", value)),
                fields.constant("interpolation", Interpolation.class),
                fields.number("scale"),
                fields.numbers("mean"),
                fields.numbers("std"),
                fields.constant("layout", Layout.class),
                fields.constant("channels", ChannelOrder.class),
                fields.texts("classes"));
    }

    private static Resize resize(Fields fields, JsonNode value) {
        return value.isArray()
                ? new Resize.Exact(fields.size("resize", value))
                : new Resize.ShorterSide(fields.whole("resize", value));
    }
}
