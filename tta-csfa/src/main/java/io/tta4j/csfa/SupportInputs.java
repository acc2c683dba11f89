package io.tta4j.csfa;

import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The inputs of supports, kept in a state so that they can be embedded again. Values are kept as float32, which holds
 * pixels, float inputs and token ids up to 2^24; inputs with others are not kept, nor are those with a value that is
 * not finite, such as a mask's: a state must be finite.
 */
final class SupportInputs {

    private static final String PREFIX = "supports.inputs\t";
    private static final int LARGEST_EXACT = 1 << 24;

    private SupportInputs() {}

    /** The state with a class's inputs added, if they can be kept and stay within a bound. */
    static State keep(State state, String name, Batch supports, long bytes) {
        Map<String, Vector> kept = new LinkedHashMap<>();
        Map<String, List<String>> shapes = new LinkedHashMap<>();
        long size = 0;
        for (Map.Entry<String, Tensor> input : supports.inputs().entrySet()) {
            Optional<float[]> values = values(input.getValue());
            if (values.isEmpty()) {
                return forget(state, name);
            }
            String key = key(name, input.getKey());
            List<String> shape = trailingShape(input.getValue());
            if (state.words().containsKey(key) && !state.words(key).equals(shape)) {
                return forget(state, name);
            }
            float[] all = concatenate(state.vector(key, Vector.of()).toArray(), values.get());
            size += (long) all.length * Float.BYTES;
            kept.put(key, Vector.of(all));
            shapes.put(key, shape);
        }
        State without = forget(state, name);
        if (size + size(without) > bytes) {
            return without;
        }
        State with = without;
        for (Map.Entry<String, Vector> entry : kept.entrySet()) {
            with = with.with(entry.getKey(), entry.getValue())
                    .with(entry.getKey(), Objects.requireNonNull(shapes.get(entry.getKey())));
        }
        return with;
    }

    /** The state without a class's inputs. */
    static State forget(State state, String name) {
        State without = state;
        for (String key : state.vectors().keySet()) {
            if (key.startsWith(PREFIX + name + "\t")) {
                without = without.without(key);
            }
        }
        return without;
    }

    /** A state with all the inputs that another one holds. */
    static State copy(State from, State to) {
        State copy = to;
        for (Map.Entry<String, Vector> entry : from.vectors().entrySet()) {
            if (entry.getKey().startsWith(PREFIX)) {
                copy = copy.with(entry.getKey(), entry.getValue()).with(entry.getKey(), from.words(entry.getKey()));
            }
        }
        return copy;
    }

    /** A class's inputs, if they were kept. */
    static Optional<Batch> of(State state, String name, int count, AdaptableModel model) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (InputSpec spec : model.inputs()) {
            String key = key(name, spec.name());
            Vector values = state.vector(key, Vector.of());
            if (values.size() == 0) {
                return Optional.empty();
            }
            inputs.put(spec.name(), tensor(spec.type(), values, shape(count, state.words(key))));
        }
        return Optional.of(Batch.of(inputs));
    }

    private static long size(State state) {
        return state.vectors().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(PREFIX))
                .mapToLong(entry -> (long) entry.getValue().size() * Float.BYTES)
                .sum();
    }

    private static String key(String name, String input) {
        return PREFIX + name + "\t" + input;
    }

    private static Optional<float[]> values(Tensor tensor) {
        ByteBuffer data = tensor.data();
        float[] values = new float[data.remaining() / tensor.type().bytes()];
        for (int i = 0; i < values.length; i++) {
            long whole = switch (tensor.type()) {
                case FLOAT32, FLOAT16 -> 0;
                case INT64 -> data.getLong(i * Long.BYTES);
                case INT32 -> data.getInt(i * Integer.BYTES);
                case UINT8, BOOL -> Byte.toUnsignedLong(data.get(i));
            };
            if (tensor.type() == ElementType.FLOAT16 || whole > LARGEST_EXACT || whole < -LARGEST_EXACT) {
                return Optional.empty();
            }
            values[i] = tensor.type() == ElementType.FLOAT32 ? data.getFloat(i * Float.BYTES) : whole;
            if (!Float.isFinite(values[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    private static List<String> trailingShape(Tensor tensor) {
        return LongStream.of(tensor.shape()).skip(1).mapToObj(Long::toString).toList();
    }

    private static long[] shape(int count, List<String> trailing) {
        return LongStream.concat(LongStream.of(count), trailing.stream().mapToLong(Long::parseLong))
                .toArray();
    }

    private static Tensor tensor(ElementType type, Vector values, long... shape) {
        ByteBuffer data =
                ByteBuffer.allocateDirect(values.size() * type.bytes()).order(ByteOrder.nativeOrder());
        for (int i = 0; i < values.size(); i++) {
            float value = values.get(i);
            switch (type) {
                case FLOAT32 -> data.putFloat(value);
                case INT64 -> data.putLong((long) value);
                case INT32 -> data.putInt((int) value);
                case UINT8, BOOL -> data.put((byte) value);
                case FLOAT16 -> throw new IllegalStateException("float16 inputs are not kept");
            }
        }
        return Tensor.of(type, data.flip(), shape);
    }

    private static float[] concatenate(float[] first, float[] second) {
        float[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
