package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.norm.NormSite;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * The rule of scales and shifts along one axis, y = gamma x + beta: {@code dgamma = sum dy x}, {@code dbeta = sum dy}
 * and {@code dx = gamma dy}.
 *
 * @param gamma the tensor of the scales, one for each position of the axis
 * @param input x, or the elements of it that count
 * @param upstream the gradient of the output, of the same extents as the input
 */
record AffineGradient(Tape tape, NormSite site, String gamma, String input, String upstream) {

    NormGradient.Parameters along(int axis) {
        GraphBuilder builder = tape.builder;
        Shape shape = tape.facts.shape(site.input());
        if (tape.isActive(site.input())) {
            long[] perPosition = new long[shape.rank() - axis];
            Arrays.fill(perPosition, 1);
            perPosition[0] = shape.fixedExtent(axis);
            tape.contribute(site.input(), builder.multiply(upstream, builder.reshape(gamma, perPosition)));
        }
        long[] behind = LongStream.range(axis + 1, shape.rank()).toArray();
        Shape summed = new Shape(shape.extents().subList(0, axis + 1));
        return new SampleSums(tape, site.input())
                .of(
                        builder.sum(builder.multiply(upstream, input), false, behind),
                        builder.sum(upstream, false, behind),
                        summed,
                        axis);
    }
}
