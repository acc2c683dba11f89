package io.tta4j.engine;

import io.tta4j.model.Matrix;
import java.util.List;
import java.util.Optional;

/**
 * What comes out of a forward run, on the heap.
 *
 * @param logits [N, C]
 * @param output the model's own output, [N, C]: the logits, or what its softmax makes of them
 * @param features [N, D]; empty where the model was loaded without
 */
public record Outputs(Matrix logits, Matrix output, Optional<Matrix> features) {

    /** Outputs of a model that ends in its logits. */
    public Outputs(Matrix logits, Optional<Matrix> features) {
        this(logits, logits, features);
    }

    /**
     * The outputs of runs over slices of a batch, one after the other.
     *
     * @param slices at least one, all of the same model
     */
    public static Outputs concatenate(List<Outputs> slices) {
        Outputs first = slices.get(0);
        if (slices.size() == 1) {
            return first;
        }
        return new Outputs(
                Matrix.concatenate(slices.stream().map(Outputs::logits).toList()),
                Matrix.concatenate(slices.stream().map(Outputs::output).toList()),
                first.features.map(some -> Matrix.concatenate(slices.stream()
                        .flatMap(slice -> slice.features.stream())
                        .toList())));
    }
}
