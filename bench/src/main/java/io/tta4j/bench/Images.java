package io.tta4j.bench;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import java.util.Arrays;
import java.util.Random;

/** Seeded random batches. */
final class Images {

    private Images() {}

    /** A batch of standard normal values for a model with one float input. */
    static Batch random(AdaptableModel model, int rows, long seed) {
        if (model.inputs().size() != 1) {
            throw new IllegalArgumentException("the model must have one input, but has " + model.inputs());
        }
        InputSpec spec = model.inputs().get(0);
        long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = rows;
        return Batch.of(
                spec.name(), Tensor.of(normal(Arrays.stream(shape).reduce(1, Math::multiplyExact), seed), shape));
    }

    /** Standard normal values. */
    static float[] normal(long size, long seed) {
        Random random = new Random(seed);
        float[] values = new float[Math.toIntExact(size)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
