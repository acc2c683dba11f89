package io.tta4j;

import io.tta4j.model.Batch;
import java.util.ArrayList;
import java.util.List;

/**
 * What the inputs of a request are but for the number of rows: only requests that are alike in it can be one batch.
 *
 * @param inputs each input's name, element type and extents behind the batch axis
 */
record TrailingShape(List<Object> inputs) {

    static TrailingShape of(Batch batch) {
        List<Object> inputs = new ArrayList<>();
        batch.inputs().forEach((name, tensor) -> {
            long[] shape = tensor.shape();
            inputs.add(name);
            inputs.add(tensor.type());
            for (int axis = 1; axis < shape.length; axis++) {
                inputs.add(shape[axis]);
            }
        });
        return new TrailingShape(inputs);
    }
}
