package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlabPoolTest {

    private static final int SLAB = SlabPool.LEAST_BYTES;

    private final SlabPool pool = new SlabPool(4L * SLAB);

    private static Batch batch(Random random, int rows) {
        byte[] bytes = new byte[rows * 3];
        random.nextBytes(bytes);
        ByteBuffer flags = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
        flags.put(bytes).flip();
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("bytes", Tensor.of(ElementType.UINT8, flags, rows, 3));
        inputs.put("ids", Tensor.of(random.longs(rows * 5L).toArray(), rows, 5));
        inputs.put("x", Tensor.of(new float[] {random.nextFloat()}, 1).select(new int[rows]));
        return Batch.of(inputs);
    }

    private static void assertSame(Batch found, Batch expected) {
        assertThat(found.inputs().keySet()).isEqualTo(expected.inputs().keySet());
        found.inputs().forEach((name, tensor) -> {
            Tensor other = Objects.requireNonNull(expected.inputs().get(name));
            assertThat(tensor.type()).isEqualTo(other.type());
            assertThat(tensor.shape()).isEqualTo(other.shape());
            assertThat(tensor.data()).isEqualTo(other.data());
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100})
    void copiesInputsOfAllTypes(int rows) {
        Batch batch = batch(new Random(rows), rows);
        assertSame(pool.copy(batch).batch(), batch);
    }

    @Test
    void joinsAsBatchesDo() {
        Random random = new Random(3);
        List<Batch> parts = List.of(batch(random, 2), batch(random, 1), batch(random, 5));
        assertSame(pool.join(parts).batch(), Batch.concatenate(parts));
    }

    @Test
    void usesMemoryAgain() {
        SlabPool.Copy first = pool.copy(RowModel.batch(1, 2));
        SlabPool.Copy second = pool.copy(RowModel.batch(3));
        assertThat(second.slab()).isNotSameAs(first.slab());
        pool.give(first);
        SlabPool.Copy third = pool.copy(RowModel.batch(4, 5, 6));

        assertThat(third.slab()).isSameAs(first.slab());
        assertSame(third.batch(), RowModel.batch(4, 5, 6));
        assertSame(second.batch(), RowModel.batch(3));
    }

    /** What is idle makes room for sizes that are asked for now. */
    @Test
    void keepsNoMoreThanItMay() {
        List<SlabPool.Copy> small = List.of(
                pool.copy(RowModel.batch(1)),
                pool.copy(RowModel.batch(2)),
                pool.copy(RowModel.batch(3)),
                pool.copy(RowModel.batch(4)));
        small.forEach(pool::give);
        SlabPool.Copy large = pool.copy(RowModel.batch(new float[3 * SLAB / Float.BYTES]));
        pool.give(large);

        assertThat(pool.copy(RowModel.batch(new float[3 * SLAB / Float.BYTES])).slab())
                .isSameAs(large.slab());
        assertThat(pool.copy(RowModel.batch(1)).slab()).isSameAs(small.get(0).slab());
        ByteBuffer other = pool.copy(RowModel.batch(2)).slab();
        assertThat(small).allSatisfy(copy -> assertThat(copy.slab()).isNotSameAs(other));
    }

    /** An eighth is the most that is wasted, but for the smallest. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1024, 1025, 8192, 8193, 100_000, 786_432, Integer.MAX_VALUE})
    void roundsSizesUp(int bytes) {
        int slab = SlabPool.slabBytes(bytes);
        assertThat(slab).isGreaterThanOrEqualTo(bytes);
        assertThat((double) slab).isLessThanOrEqualTo(Math.max(1.125 * bytes + 1, bytes + SLAB));
    }
}
