package io.tta4j.examples.server;

import io.tta4j.model.Batch;
import java.util.List;
import java.util.Optional;

/**
 * An infer request, read and checked.
 *
 * @param id what the client calls it, handed back
 * @param outputs what is asked for, in order
 */
record InferRequest(Optional<String> id, Adapting adapting, Batch batch, List<Wanted> outputs) {

    InferRequest {
        outputs = List.copyOf(outputs);
    }

    /**
     * An output that is asked for.
     *
     * @param index among the model's outputs
     * @param binary whether behind the JSON instead of in it
     */
    record Wanted(int index, boolean binary) {}
}
