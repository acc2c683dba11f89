package io.tta4j.onnx.norm;

import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.probe.Facts;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A norm over groups as y = scale x + shift, per sample and channel: two sums over x and two passes, where the file's
 * own form (an instance norm between two reshapes, and what applies the parameters) makes about five. It also leaves
 * its statistics for the pullback.
 *
 * <p>The variance is mean(x^2) - mean(x)^2, as in ONNX Runtime's own layer norm, and never less than zero.
 */
final class GroupNormForward {

    private final NormSite site;
    private final Normalization.OverGroups how;
    private final Shape shape;
    private final String gamma;
    private final Optional<String> beta;

    /**
     * @param gamma the scales, one a channel or one a group
     * @param beta the shifts, likewise, where there are any
     */
    GroupNormForward(NormSite site, Normalization.OverGroups how, Facts facts, String gamma, Optional<String> beta) {
        this.site = site;
        this.how = how;
        this.shape = facts.shape(site.input());
        this.gamma = gamma;
        this.beta = beta;
    }

    void emit(GraphBuilder builder) {
        long channels = shape.fixedExtent(1);
        long groups = how.groups();
        long space = shape.elements(IntStream.range(2, shape.rank()).toArray());
        double share = 1.0 / (channels / groups * space);
        GroupStatistics statistics = GroupStatistics.of(site);

        String x = builder.reshape(site.input(), 0, groups, -1);
        String mean = builder.emitAs(statistics.mean(), "Mul", List.of(builder.sum(x, true, 2), builder.scalar(share)));
        String square = builder.multiply(builder.sum(builder.multiply(x, x), true, 2), share);
        String variance = builder.emit("Relu", List.of(builder.subtract(square, builder.multiply(mean, mean))));
        String deviation = builder.emit("Sqrt", List.of(builder.add(variance, builder.scalar(how.epsilon()))));
        String inverse = builder.emitAs(statistics.inverseDeviation(), "Reciprocal", List.of(deviation));

        long width = Tensors.elements(site.weight().source());
        String scale = builder.multiply(inverse, builder.reshape(gamma, groups, width / groups));
        String center = builder.multiply(mean, scale);
        String shift = beta.map(shifts -> builder.subtract(builder.reshape(shifts, groups, width / groups), center))
                .orElseGet(() -> builder.emit("Neg", List.of(center)));
        if (width == channels) {
            long[] perChannel = new long[shape.rank()];
            Arrays.fill(perChannel, 1);
            perChannel[0] = 0;
            perChannel[1] = channels;
            String scaled = builder.multiply(site.input(), builder.reshape(scale, perChannel));
            builder.emitAs(site.output(), "Add", List.of(scaled, builder.reshape(shift, perChannel)));
        } else {
            String grouped = builder.add(builder.multiply(x, scale), shift);
            builder.emitAs(site.output(), "Reshape", List.of(grouped, builder.emit("Shape", List.of(site.input()))));
        }
    }
}
