package io.tta4j.stream.card;

import com.fasterxml.jackson.databind.JsonNode;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.image.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The fields of a JSON object, read with their types checked; null is as good as absent.
 *
 * @param file the file's name, for messages
 */
record Fields(String file, JsonNode object) {

    Optional<JsonNode> node(String key) {
        JsonNode value = object.get(key);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<Float> number(String key) {
        return node(key).map(value -> number(key, value));
    }

    private float number(String key, JsonNode value) {
        if (!value.isNumber()) {
            throw wrong(key, "a number", value);
        }
        return value.floatValue();
    }

    Optional<Boolean> flag(String key) {
        return node(key).map(value -> {
            if (!value.isBoolean()) {
                throw wrong(key, "true or false", value);
            }
            return value.booleanValue();
        });
    }

    Optional<String> text(String key) {
        return node(key).map(value -> text(key, value));
    }

    private String text(String key, JsonNode value) {
        if (!value.isTextual()) {
            throw wrong(key, "a text", value);
        }
        return value.textValue();
    }

    /** A list of numbers; one number stands for as many as there are channels of colour. */
    Optional<List<Float>> numbers(String key) {
        return node(key)
                .map(value -> value.isNumber()
                        ? List.of(value.floatValue(), value.floatValue(), value.floatValue())
                        : list(key, "a list of numbers", value, each -> number(key, each)));
    }

    Optional<List<String>> texts(String key) {
        return node(key).map(value -> list(key, "a list of texts", value, each -> text(key, each)));
    }

    private <T> List<T> list(String key, String expected, JsonNode value, Function<JsonNode, T> each) {
        if (!value.isArray()) {
            throw wrong(key, expected, value);
        }
        List<T> list = new ArrayList<>();
        value.forEach(element -> list.add(each.apply(element)));
        return list;
    }

    int whole(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw wrong(key, "a whole number of pixels, at least 1", value);
        }
        return value.intValue();
    }

    /** {@code [height, width]}, or one number for both. */
    Size size(String key, JsonNode value) {
        if (value.isArray() && value.size() == 2) {
            return new Size(whole(key, value.get(0)), whole(key, value.get(1)));
        }
        int side = whole(key, value);
        return new Size(side, side);
    }

    /** The constant of a name. */
    <E extends Enum<E>> Optional<E> constant(String key, Class<E> type) {
        return text(key).map(name -> {
            for (E constant : type.getEnumConstants()) {
                if (constant.toString().equals(name)) {
                    return constant;
                }
            }
            throw new DataException("%s: '%s' must be one of %s, but was '%s'"
                    .formatted(file, key, List.of(type.getEnumConstants()), name));
        });
    }

    DataException wrong(String key, String expected, JsonNode found) {
        return new DataException("%s: '%s' must be %s, but was %s".formatted(file, key, expected, found));
    }
}
