package io.tta4j.onnx.gradient;

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
    private final String upstream;
    private final Shape shape;
    private final long channels;

    /**
     * @param gamma the tensor of the scales, [C]
     * @param upstream the gradient of the layer's output
     */
    BatchNormGradient(Tape tape, NormSite site, String gamma, String upstream) {
        this.tape = tape;
        this.builder = tape.builder;
        this.site = site;
        this.gamma = gamma;
        this.upstream = upstream;
        this.shape = tape.facts.shape(site.input());
        this.channels = shape.fixedExtent(1);
    }

    /** Statistics are constants: dx = gamma r dy. */
    NormGradient.Parameters frozen(Normalization.Frozen how) {
        float[] variance = Tensors.floats(tape.graph.constant(how.variance()).orElseThrow());
        float[] inverse = new float[variance.length];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = (float) (1 / Math.sqrt((double) variance[i] + how.epsilon()));
        }
        String scale = builder.floats(inverse, channels);
        String mean = builder.reshape(tape.value(how.mean()), channels, 1);
        String centered = builder.subtract(builder.reshape(tape.value(site.input()), 0, channels, -1), mean);
        String dy = builder.reshape(upstream, 0, channels, -1);
        String s1 = builder.sum(dy, false, 2);
        String s2 = builder.sum(builder.multiply(dy, centered), false, 2);
        if (tape.isActive(site.input())) {
            contributeInput(builder.multiply(dy, builder.reshape(builder.multiply(gamma, scale), channels, 1)));
        }
        Shape sums = new Shape(List.of(shape.extent(0), Extent.of(channels)));
        return new SampleSums(tape, site.input()).of(builder.multiply(s2, scale), s1, sums, 1);
    }

    private void contributeInput(String gradient) {
        tape.contribute(site.input(), builder.reshape(gradient, tape.shape(shape)));
    }
}
