package io.tta4j.examples.server;

import io.tta4j.model.Matrix;
import java.util.List;
import java.util.Optional;

/**
 * A model's answer.
 *
 * @param outputs in the order of the model's specifications
 * @param report empty where no stream had to do with it
 */
record Inference(List<Matrix> outputs, Optional<TtaReport> report) {

    Inference {
        outputs = List.copyOf(outputs);
    }
}
