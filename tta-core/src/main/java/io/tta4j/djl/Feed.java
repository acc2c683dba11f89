package io.tta4j.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import java.util.List;
import java.util.Objects;

/** A batch as a module's arguments. */
final class Feed {

    private Feed() {}

    /**
     * The inputs on the owner's device, in the order of the arguments; on a processor they are read where they lie.
     *
     * @param batch one that fits the inputs
     */
    static NDList of(NDManager owner, List<InputSpec> inputs, Batch batch) {
        NDList arguments = new NDList();
        for (InputSpec input : inputs) {
            Tensor tensor = Objects.requireNonNull(batch.inputs().get(input.name()));
            arguments.add(owner.create(tensor.data(), new Shape(tensor.shape()), type(tensor.type())));
        }
        return arguments;
    }

    private static DataType type(ElementType type) {
        return switch (type) {
            case FLOAT32 -> DataType.FLOAT32;
            case FLOAT16 -> DataType.FLOAT16;
            case INT64 -> DataType.INT64;
            case INT32 -> DataType.INT32;
            case UINT8 -> DataType.UINT8;
            case BOOL -> DataType.BOOLEAN;
        };
    }
}
