package io.tta4j.examples.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;

/**
 * Reads one tensor of a known type and shape from JSON or from bytes, straight to direct memory. Values of floats must
 * be finite.
 */
final class TensorReader {

    private final String input;
    private final Datatype datatype;
    private final long[] shape;
    private final long elements;
    private final LongConsumer room;

    private TensorReader(String input, Datatype datatype, long[] shape, long elements, LongConsumer room) {
        this.input = input;
        this.datatype = datatype;
        this.shape = shape;
        this.elements = elements;
        this.room = room;
    }

    /**
     * Checks what is to be read; nothing is allocated yet.
     *
     * @param room is asked for the bytes of the tensor before these are taken, and may refuse
     * @throws Refusal if type or shape are not the input's, or there are too many rows
     */
    static TensorReader of(InputSpec spec, String datatype, long[] shape, int mostRows, LongConsumer room) {
        Datatype expected = Datatype.of(spec.type());
        boolean fits =
                expected.name().equals(datatype) && shape.length == spec.shape().size();
        long elements = 1;
        for (int axis = 0; fits && axis < shape.length; axis++) {
            long extent = spec.shape().get(axis);
            fits = shape[axis] > 0 && (extent == InputSpec.ANY || extent == shape[axis]);
            elements = fits && shape[axis] <= Integer.MAX_VALUE / elements ? elements * shape[axis] : Integer.MAX_VALUE;
        }
        if (!fits) {
            throw Refusal.malformed(
                    "input %s must be %s %s, but was %s %s",
                    Quoted.of(spec.name()), expected, spec.shape(), Quoted.of(datatype), shown(shape));
        }
        if (shape[0] > mostRows) {
            throw Refusal.of(
                    Refusal.TOO_LARGE,
                    "a batch must have at most %d rows here, but had %d; send it in parts",
                    mostRows,
                    shape[0]);
        }
        return new TensorReader(spec.name(), expected, shape.clone(), elements, room);
    }

    private static String shown(long[] shape) {
        StringBuilder text = new StringBuilder("[");
        for (int axis = 0; axis < shape.length; axis++) {
            text.append(axis == 0 ? "" : ", ").append(shape[axis]);
        }
        return text.append(']').toString();
    }

    /** Little-endian values, row-major: the protocol's binary form. */
    Tensor bytes(byte[] body, int offset, int length) {
        if (length != elements * datatype.bytes()) {
            throw Refusal.malformed(
                    "binary_data_size of input %s must be %d for %s %s, but was %d",
                    Quoted.of(input), elements * datatype.bytes(), datatype, shown(shape), length);
        }
        ByteBuffer values = allocate(length);
        ByteBuffer sent = ByteBuffer.wrap(body, offset, length).order(ByteOrder.LITTLE_ENDIAN);
        if (values.order() == ByteOrder.LITTLE_ENDIAN || datatype.bytes() == 1) {
            values.put(sent);
        } else {
            while (sent.hasRemaining()) {
                switch (datatype.bytes()) {
                    case Short.BYTES -> values.putShort(sent.getShort());
                    case Integer.BYTES -> values.putInt(sent.getInt());
                    default -> values.putLong(sent.getLong());
                }
            }
        }
        return tensor(values.flip());
    }

    /**
     * The values as a JSON array, flat or nested as the shape is; the parser stands on its beginning.
     *
     * @param jsonBytes how long the JSON is, which bounds how many values there can be
     */
    Tensor json(JsonParser parser, int jsonBytes) throws IOException {
        if (datatype == Datatype.FP16) {
            throw Refusal.malformed("data of input %s must be binary, as FP16 has no form in JSON", Quoted.of(input));
        }
        Json.require(parser, JsonToken.START_ARRAY, "data of input " + Quoted.of(input));
        // A value and the comma behind it take two bytes.
        if (elements > jsonBytes / 2 + 1) {
            throw wrongCount("fewer");
        }
        ByteBuffer values = allocate((int) elements * datatype.bytes());
        parser.nextToken();
        if (parser.hasToken(JsonToken.START_ARRAY)) {
            nested(parser, values, 0);
        } else {
            flat(parser, values, elements);
        }
        return tensor(values.flip());
    }

    private ByteBuffer allocate(int bytes) {
        room.accept(bytes);
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** The parser stands on the first element of an axis, and on the end of the array afterwards. */
    private void nested(JsonParser parser, ByteBuffer values, int axis) throws IOException {
        if (axis == shape.length - 1) {
            flat(parser, values, shape[axis]);
            return;
        }
        for (long i = 0; i < shape[axis]; i++, parser.nextToken()) {
            if (!parser.hasToken(JsonToken.START_ARRAY)) {
                throw wrongNesting();
            }
            parser.nextToken();
            nested(parser, values, axis + 1);
        }
        if (!parser.hasToken(JsonToken.END_ARRAY)) {
            throw wrongNesting();
        }
    }

    private void flat(JsonParser parser, ByteBuffer values, long count) throws IOException {
        for (long i = 0; i < count; i++, parser.nextToken()) {
            if (parser.hasToken(JsonToken.END_ARRAY)) {
                throw wrongCount("fewer");
            }
            value(parser, values);
        }
        if (!parser.hasToken(JsonToken.END_ARRAY)) {
            throw wrongCount("more, or deeper arrays");
        }
    }

    private void value(JsonParser parser, ByteBuffer values) throws IOException {
        JsonToken token = parser.currentToken();
        if (datatype == Datatype.BOOL) {
            values.put((byte) (Json.flag(parser, "a value of input " + Quoted.of(input)) ? 1 : 0));
        } else if (datatype == Datatype.FP32) {
            if (token == null || !token.isNumeric()) {
                throw wrongValue("a number");
            }
            values.putFloat(parser.getFloatValue());
        } else {
            if (token != JsonToken.VALUE_NUMBER_INT) {
                throw wrongValue("an integer");
            }
            integer(parser.getLongValue(), values);
        }
    }

    private void integer(long value, ByteBuffer values) {
        switch (datatype) {
            case UINT8 -> {
                if (value < 0 || value > 255) {
                    throw wrongValue("in 0..255");
                }
                values.put((byte) value);
            }
            case INT32 -> {
                if (value != (int) value) {
                    throw wrongValue("in the range of INT32");
                }
                values.putInt((int) value);
            }
            default -> values.putLong(value);
        }
    }

    private Tensor tensor(ByteBuffer values) {
        Tensor tensor = Tensor.of(datatype.type(), values, shape);
        int notFinite = firstNotFinite(values);
        if (notFinite >= 0) {
            throw Refusal.malformed(
                    "values of input %s must be finite %s, but value %d was not",
                    Quoted.of(input), datatype, notFinite);
        }
        if (datatype == Datatype.BOOL) {
            for (int i = 0; i < values.limit(); i++) {
                if ((values.get(i) & ~1) != 0) {
                    throw wrongValue("0 or 1");
                }
            }
        }
        return tensor;
    }

    /** The index of the first value that is NaN or infinite: its exponent has all bits set. -1 if there is none. */
    private int firstNotFinite(ByteBuffer values) {
        for (int i = 0; datatype == Datatype.FP32 && i < elements; i++) {
            if (!Float.isFinite(values.getFloat(i * Float.BYTES))) {
                return i;
            }
        }
        for (int i = 0; datatype == Datatype.FP16 && i < elements; i++) {
            if ((values.getShort(i * Short.BYTES) & 0x7c00) == 0x7c00) {
                return i;
            }
        }
        return -1;
    }

    private Refusal wrongCount(String found) {
        return Refusal.malformed(
                "data of input %s must have %d values for shape %s, but had %s",
                Quoted.of(input), elements, shown(shape), found);
    }

    private Refusal wrongNesting() {
        return Refusal.malformed(
                "data of input %s must be flat, or nested as shape %s is", Quoted.of(input), shown(shape));
    }

    private Refusal wrongValue(String expected) {
        return Refusal.malformed("values of input %s must each be %s", Quoted.of(input), expected);
    }
}
