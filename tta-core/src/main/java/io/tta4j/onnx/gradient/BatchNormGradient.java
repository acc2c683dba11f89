package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.norm.NormSite;
import io.tta4j.onnx.norm.Normalization;
import java.util.List;

/** The fused rule of batch norm y = gamma r (x - m) + beta, with r one over the standard deviation. */
final class BatchNormGradient {

    private final Tape tape;
    private final GraphBuilder builder;
    private final NormSite site;
    private final String gamma;
    private final String input;
    private final String upstream;
    private final Shape shape;
    private final long channels;

    /**
     * @param gamma the tensor of the scales, [C]
     * @param input x, or the elements of it that count
     * @param upstream the gradient of the layer's output, of the same extents as the input
     */
    BatchNormGradient(Tape tape, NormSite site, String gamma, String input, String upstream) {
        this.tape = tape;
        this.builder = tape.builder;
        this.site = site;
        this.gamma = gamma;
        this.input = input;
        this.upstream = upstream;
        this.shape = tape.facts.shape(site.input());
        this.channels = shape.fixedExtent(1);
    }

    /**
     * Statistics are constants: dx = gamma r dy, and sum dy (x - m) = sum dy x - m sum dy, which saves a pass over x.
     */
    NormGradient.Parameters frozen(Normalization.Frozen how) {
        float[] variance = Tensors.floats(tape.graph.constant(how.variance()).orElseThrow());
        float[] inverse = new float[variance.length];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = (float) (1 / Math.sqrt((double) variance[i] + how.epsilon()));
        }
        String scale = builder.floats(inverse, channels);
        String dy = upstream();
        String s1 = builder.sum(dy, false, 2);
        String raw = builder.sum(builder.multiply(dy, input()), false, 2);
        String s2 = builder.subtract(raw, builder.multiply(s1, tape.value(how.mean())));
        if (tape.isActive(site.input())) {
            contributeInput(builder.multiply(dy, builder.reshape(builder.multiply(gamma, scale), channels, 1)));
        }
        Shape sums = new Shape(List.of(shape.extent(0), Extent.of(channels)));
        return new SampleSums(tape, site.input()).of(builder.multiply(s2, scale), s1, sums, 1);
    }

    /**
     * Statistics move with the batch: with w the weight of the batch, mu its mean, M how many elements of a channel it
     * has, and over all of these S1 = sum dy and S2 = sum dy (x - m),
     *
     * <pre>
     *     dx = r gamma dy - w / M (r gamma S1 + r^3 gamma S2 (x - mu))
     * </pre>
     *
     * The second term is what dm/dx = w / M lets through, the third dv/dx = 2 w (x - mu) / M.
     */
    NormGradient.Parameters live(Normalization.Live how) {
        String mean = tape.value(how.mean());
        String guarded = builder.add(tape.value(how.variance()), builder.scalar(how.epsilon()));
        String scale = builder.emit("Reciprocal", List.of(builder.emit("Sqrt", List.of(guarded))));
        String x = input();
        String dy = upstream();
        String centered = builder.subtract(x, builder.reshape(mean, channels, 1));
        String s1 = builder.sum(dy, false, 0, 2);
        String s2 = builder.sum(builder.multiply(dy, centered), false, 0, 2);
        String scaledS2 = builder.multiply(s2, scale);
        if (tape.isActive(site.input())) {
            String elements = builder.emit(
                    "Cast",
                    List.of(builder.emit("Size", List.of(x))),
                    GraphBuilder.attribute("to", DataType.FLOAT.getNumber()));
            String share = builder.divide(builder.scalar(-how.batchWeight() * channels), elements);
            String toUpstream = builder.multiply(gamma, scale);
            String throughStatistics = builder.multiply(toUpstream, share);
            String toInput = builder.multiply(throughStatistics, builder.multiply(scale, scaledS2));
            // x - mu is x - m and the distance of the two means.
            String distance = builder.subtract(mean, tape.value(how.batchMean()));
            String constant = builder.add(builder.multiply(throughStatistics, s1), builder.multiply(toInput, distance));
            contributeInput(builder.add(
                    builder.multiply(dy, builder.reshape(toUpstream, channels, 1)),
                    builder.add(
                            builder.multiply(centered, builder.reshape(toInput, channels, 1)),
                            builder.reshape(constant, channels, 1))));
        }
        return new NormGradient.Parameters(
                builder.reshape(scaledS2, 1, channels), builder.reshape(s1, 1, channels), false);
    }

    private String input() {
        return builder.reshape(input, 0, channels, -1);
    }

    private String upstream() {
        return builder.reshape(upstream, 0, channels, -1);
    }

    private void contributeInput(String gradient) {
        tape.contribute(site.input(), builder.reshape(gradient, tape.shape(shape)));
    }
}
