package io.tta4j.engine;

import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Inputs that any model accepts: floats in 0..1, and zeros and ones for every other type. Seeded. */
public final class RandomSamples {

    private RandomSamples() {}

    /** A batch of {@code rows} samples. */
    public static Batch of(List<InputSpec> inputs, int rows) {
        SplittableRandom random = new SplittableRandom(7);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (InputSpec input : inputs) {
            long[] shape = input.shape().stream().mapToLong(Long::longValue).toArray();
            shape[0] = rows;
            int elements = 1;
            for (long extent : shape) {
                elements = Math.toIntExact(elements * extent);
            }
            ByteBuffer data =
                    ByteBuffer.allocateDirect(elements * input.type().bytes()).order(ByteOrder.nativeOrder());
            for (int i = 0; i < elements; i++) {
                put(data, input.type(), random);
            }
            tensors.put(input.name(), Tensor.of(input.type(), data.flip(), shape));
        }
        return Batch.of(tensors);
    }

    private static void put(ByteBuffer data, ElementType type, SplittableRandom random) {
        switch (type) {
            case FLOAT32 -> data.putFloat((float) random.nextDouble());
            // 0x3800 to 0x3bff are the half-precision numbers from 0.5 to 1.
            case FLOAT16 -> data.putShort((short) (0x3800 + random.nextInt(0x400)));
            case INT64 -> data.putLong(random.nextInt(2));
            case INT32 -> data.putInt(random.nextInt(2));
            case UINT8, BOOL -> data.put((byte) random.nextInt(2));
        }
    }
}
