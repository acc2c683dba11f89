package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.norm.NormSite;
import io.tta4j.onnx.norm.Normalization;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The fused rule of RMS norm y = gamma xhat, xhat = r x, with r one over the root of the mean square: {@code dgamma =
 * sum dy xhat} and {@code dx = r (gamma dy - xhat mean(gamma dy xhat))}. It is layer norm's without the term that lets
 * through the mean.
 *
 * @param gamma the tensor of the scales, one for each feature
 * @param input x
 * @param upstream the gradient of the layer's output
 */
record RmsNormGradient(Tape tape, NormSite site, String gamma, String input, String upstream) {

    NormGradient.Parameters overFeatures(Normalization.RootMeanSquare how) {
        GraphBuilder builder = tape.builder;
        Shape shape = tape.facts.shape(site.input());
        int first = how.firstAxis();
        int[] features = IntStream.range(first, shape.rank()).toArray();
        long[] axes = LongStream.range(first, shape.rank()).toArray();
        double share = 1.0 / shape.elements(features);
        String meanSquare = builder.multiply(builder.sum(builder.multiply(input, input), true, axes), share);
        String guarded = builder.add(meanSquare, builder.scalar(how.epsilon()));
        String scale = builder.emit("Reciprocal", List.of(builder.emit("Sqrt", List.of(guarded))));
        String normalized = builder.multiply(input, scale);
        if (tape.isActive(site.input())) {
            String gammaInShape = builder.reshape(
                    gamma, IntStream.of(features).mapToLong(shape::fixedExtent).toArray());
            String scaled = builder.multiply(upstream, gammaInShape);
            String along = builder.multiply(builder.sum(builder.multiply(scaled, normalized), true, axes), share);
            String rest = builder.multiply(normalized, along);
            tape.contribute(site.input(), builder.multiply(builder.subtract(scaled, rest), scale));
        }
        return new SampleSums(tape, site.input()).of(builder.multiply(upstream, normalized), upstream, shape, first);
    }
}
