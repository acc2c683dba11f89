package io.tta4j.onnx.norm;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.probe.Facts;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The mean and the biased variance of what a batch norm is fed, over samples and space, as ordinary nodes.
 *
 * @param mean the tensor of means [C]
 * @param variance the tensor of variances [C]
 */
record BatchMoments(String mean, String variance) {

    /** Emits the nodes. */
    static BatchMoments of(GraphBuilder builder, Facts facts, NormSite site) {
        Shape shape = facts.shape(site.input());
        long channels = shape.fixedExtent(1);
        long[] others =
                LongStream.range(0, shape.rank()).filter(axis -> axis != 1).toArray();
        String x = site.input();
        String elements = builder.emit(
                "Cast",
                List.of(builder.emit("Size", List.of(x))),
                GraphBuilder.attribute("to", DataType.FLOAT.getNumber()));
        String share = builder.divide(builder.scalar((double) channels), elements);
        String mean = builder.multiply(builder.sum(x, false, others), share);
        long[] perChannel = new long[shape.rank() - 1];
        Arrays.fill(perChannel, 1);
        perChannel[0] = channels;
        String centered = builder.subtract(x, builder.reshape(mean, perChannel));
        String variance = builder.multiply(builder.sum(builder.multiply(centered, centered), false, others), share);
        return new BatchMoments(mean, variance);
    }
}
