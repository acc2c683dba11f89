package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SupportInputsTest {

    private static final State EMPTY = State.of(Vector.of(1)).with("lossAverage", 0.5);
    private static final long PLENTY = 1 << 20;

    /** A model that has the inputs of a batch and cannot be run. */
    private record Inputs(List<InputSpec> inputs) implements AdaptableModel {

        static Inputs of(Batch batch) {
            return new Inputs(batch.inputs().entrySet().stream()
                    .map(input -> new InputSpec(
                            input.getKey(),
                            input.getValue().type(),
                            LongStream.of(input.getValue().shape()).boxed().toList()))
                    .toList());
        }

        @Override
        public int classes() {
            return 2;
        }

        @Override
        public AffineLayout layout() {
            return new AffineLayout(List.of(), 1);
        }

        @Override
        public Vector source() {
            return Vector.of(1);
        }

        @Override
        public boolean samplesIndependent() {
            return true;
        }

        @Override
        public Pass forward(Batch batch, Vector theta) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Pass serve(Batch batch, Vector theta) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private static Tensor bytes(ElementType type, int... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.nativeOrder());
        for (int value : values) {
            switch (type.bytes()) {
                case 1 -> data.put((byte) value);
                case 2 -> data.putShort((short) value);
                default -> data.putInt(value);
            }
        }
        return Tensor.of(type, data.flip(), values.length);
    }

    private static Batch floats(float... values) {
        return Batch.of("x", Tensor.of(values, values.length));
    }

    private static State keep(State state, String name, Batch batch) {
        return SupportInputs.keep(state, name, batch, PLENTY);
    }

    private static boolean isKept(State state, String name, Batch like) {
        return SupportInputs.of(state, name, like.rows(), Inputs.of(like)).isPresent();
    }

    private static void assertHolds(State state, String name, Batch expected) {
        Batch found = SupportInputs.of(state, name, expected.rows(), Inputs.of(expected))
                .orElseThrow();
        assertThat(found.inputs().keySet()).isEqualTo(expected.inputs().keySet());
        expected.inputs().forEach((input, tensor) -> {
            Tensor other = found.inputs().getOrDefault(input, Tensor.of(new float[1], 1));
            assertThat(other.type()).isEqualTo(tensor.type());
            assertThat(other.shape()).isEqualTo(tensor.shape());
            assertThat(other.data()).as(input).isEqualTo(tensor.data());
        });
    }

    /** Of all types and ranks, and with names that a file's path or a setting could not have. */
    @Test
    void giveBackTheBits() {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("pixel values", Tensor.of(new float[] {1, -0f, 0.1f, Float.MIN_VALUE, 1e38f, -3}, 2, 3));
        inputs.put("ids:0/é=犬", Tensor.of(new long[] {0, 1 << 24, -(1 << 24), 30_521}, 2, 2, 1));
        inputs.put("tab\there", bytes(ElementType.INT32, -7, 1 << 24));
        inputs.put("", bytes(ElementType.UINT8, 0, 255));
        inputs.put("theta", bytes(ElementType.BOOL, 1, 0));
        Batch batch = Batch.of(inputs);

        State state = keep(EMPTY, "fox \"é\" = 犬", batch);

        assertHolds(state, "fox \"é\" = 犬", batch);
        State copy = new State(state.vectors(), state.scalars(), state.words());
        assertThat(copy).isEqualTo(state);
        assertHolds(copy, "fox \"é\" = 犬", batch);
        assertThat(state.isFinite()).isTrue();
        assertThat(state.theta()).isEqualTo(EMPTY.theta());
        assertThat(SupportInputs.forget(state, "fox \"é\" = 犬")).isEqualTo(EMPTY);
    }

    @ParameterizedTest
    @ValueSource(longs = {(1 << 24) + 1, -(1 << 24) - 1, Long.MAX_VALUE, Long.MIN_VALUE})
    void wholeNumbersThatFloatsDoNotHoldAreNotKept(long value) {
        Batch batch = Batch.of("ids", Tensor.of(new long[] {1, value}, 2));

        assertThat(keep(EMPTY, "fox", batch)).isEqualTo(EMPTY);
    }

    @ParameterizedTest
    @ValueSource(ints = {(1 << 24) + 1, -(1 << 24) - 1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void smallerOnesNeither(int value) {
        assertThat(keep(EMPTY, "fox", Batch.of("ids", bytes(ElementType.INT32, 1, value))))
                .isEqualTo(EMPTY);
    }

    @Test
    void halfPrecisionIsNotKept() {
        assertThat(keep(EMPTY, "fox", Batch.of("x", bytes(ElementType.FLOAT16, 1, 2))))
                .isEqualTo(EMPTY);
    }

    /** They would make a state of them that is refused for ever. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY})
    void valuesThatAreNotFiniteAreNotKept(float value) {
        assertThat(keep(EMPTY, "fox", floats(1, value))).isEqualTo(EMPTY);
    }

    @Test
    void whereOneInputCannotBeKeptNoneIs() {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("a", Tensor.of(new float[] {1, 2}, 2));
        inputs.put("b", bytes(ElementType.FLOAT16, 1, 2));

        assertThat(keep(EMPTY, "fox", Batch.of(inputs))).isEqualTo(EMPTY);
    }

    @Test
    void moreSupportsComeBehindTheFirst() {
        Batch first = Batch.of("x", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
        Batch more = Batch.of("x", Tensor.of(new float[] {5, 6}, 1, 2));

        State state = keep(keep(EMPTY, "fox", first), "fox", more);

        assertHolds(state, "fox", Batch.of("x", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2)));
    }

    /** A part of a class's supports would stand for all of them. */
    @Test
    void nothingOfAClassIsKeptWhereSomeCannotBe() {
        State others = keep(EMPTY, "cow", floats(9));
        State state = keep(others, "fox", floats(1, 2));

        assertThat(keep(state, "fox", Batch.of("x", Tensor.of(new float[] {3, 4}, 1, 2))))
                .as("of another shape")
                .isEqualTo(others);
        assertThat(keep(state, "fox", floats(Float.NaN))).isEqualTo(others);
    }

    @Test
    void theBoundIsOverAllClasses() {
        Batch two = floats(1, 2);
        State cow = SupportInputs.keep(EMPTY, "cow", two, 16);
        assertThat(isKept(cow, "cow", two)).isTrue();

        State both = SupportInputs.keep(cow, "fox", two, 16);
        assertThat(isKept(both, "cow", two)).isTrue();
        assertThat(isKept(both, "fox", two)).as("16 bytes").isTrue();

        assertThat(SupportInputs.keep(cow, "fox", two, 15)).as("of 15").isEqualTo(cow);
        assertThat(SupportInputs.keep(both, "fox", floats(3), 19))
                .as("with more supports than there is room for")
                .isEqualTo(cow);
        assertThat(SupportInputs.keep(EMPTY, "fox", floats(1), 0)).isEqualTo(EMPTY);
    }

    @Test
    void aClassIsForgottenAlone() {
        Batch batch = floats(1, 2);
        State state = keep(keep(keep(EMPTY, "fox", batch), "fox2", batch), "fo", batch);

        State without = SupportInputs.forget(state, "fox");

        assertThat(isKept(without, "fox", batch)).isFalse();
        assertHolds(without, "fox2", batch);
        assertHolds(without, "fo", batch);
        assertThat(SupportInputs.forget(without, "fox")).isEqualTo(without);
    }

    @Test
    void areCopiedWithNothingElse() {
        Batch batch = floats(1, 2);
        State from = keep(keep(EMPTY, "fox", batch), "cow", floats(3)).with("momentum", Vector.of(1));
        State to = State.of(Vector.of(7));

        State copy = SupportInputs.copy(from, to);

        assertHolds(copy, "fox", batch);
        assertHolds(copy, "cow", floats(3));
        assertThat(SupportInputs.forget(SupportInputs.forget(copy, "fox"), "cow"))
                .isEqualTo(to);
    }

    @Test
    void areAKeptCopy() {
        float[] values = {1, 2};
        Tensor tensor = Tensor.of(values, 2);
        State state = keep(EMPTY, "fox", Batch.of("x", tensor));
        tensor.floats().put(0, 99);

        assertHolds(state, "fox", floats(Arrays.copyOf(values, 2)));
    }
}
