package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.BatchAxis;
import java.util.Optional;

/**
 * An activation that the pullback reads.
 *
 * @param name of the tensor
 * @param samples where it carries the samples; empty where it does not, or not in whole blocks
 * @param fixed whether its shape is the same whatever the batch, so that it belongs to all samples alike
 */
public record Kept(String name, DataType type, int rank, Optional<BatchAxis> samples, boolean fixed) {

    /** Whether it can be had for some of the samples alone. */
    public boolean canBeGathered() {
        return fixed || samples.isPresent();
    }
}
