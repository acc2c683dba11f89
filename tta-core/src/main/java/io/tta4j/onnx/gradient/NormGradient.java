package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.norm.GroupStatistics;
import io.tta4j.onnx.norm.NormSite;
import io.tta4j.onnx.norm.Normalization;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The fused rule of a norm layer y = gamma xhat + beta, xhat = r (x - mu), with r one over the standard deviation:
 *
 * <pre>
 *     dbeta = sum dy      dgamma = sum dy xhat      dx = r (gamma dy - A - xhat B)
 *     A = mean of gamma dy over what was normalised together      B = mean of gamma dy xhat over the same
 * </pre>
 *
 * <p>Sums of parameters leave the samples apart: they are the per-sample gradients.
 */
final class NormGradient {

    private final Tape tape;
    private final GraphBuilder builder;
    private final NormSite site;
    private final String gamma;
    private final String input;
    private final String upstream;
    private final Shape shape;
    private final boolean wantsInput;

    /**
     * @param gamma the tensor of the scales, [width]
     * @param input x, or the elements of it that count
     * @param upstream the gradient of the layer's output, of the same extents as the input
     */
    NormGradient(Tape tape, NormSite site, String gamma, String input, String upstream) {
        this.tape = tape;
        this.builder = tape.builder;
        this.site = site;
        this.gamma = gamma;
        this.input = input;
        this.upstream = upstream;
        this.shape = tape.facts.shape(site.input());
        this.wantsInput = tape.isActive(site.input());
    }

    /**
     * The gradients of the parameters.
     *
     * @param weight of the scales, [N, width], or [1, width] where samples cannot be told apart
     * @param bias of the shifts, likewise
     * @param perSample whether the rows are samples
     */
    record Parameters(String weight, String bias, boolean perSample) {}

    /** Emits the gradients, and hands that of the input on. */
    Parameters emit() {
        Normalization how = site.normalization();
        if (how instanceof Normalization.OverGroups groups) {
            return overGroups(groups);
        }
        if (how instanceof Normalization.OverFeatures features) {
            return overFeatures(features);
        }
        if (how instanceof Normalization.RootMeanSquare rootMeanSquare) {
            return new RmsNormGradient(tape, site, gamma, input, upstream).overFeatures(rootMeanSquare);
        }
        if (how instanceof Normalization.Affine affine) {
            return new AffineGradient(tape, site, gamma, input, upstream).along(affine.channelAxis());
        }
        BatchNormGradient batchNorm = new BatchNormGradient(tape, site, gamma, input, upstream);
        return how instanceof Normalization.Live live
                ? batchNorm.live(live)
                : batchNorm.frozen((Normalization.Frozen) how);
    }

    /**
     * With x as [R, C, S] and per (row, channel) sums S1 of dy and S2 of dy (x - mu), everything but dx itself is
     * arithmetic on [R, C], and dx = (r gamma) dy - (r^2 B) x + (r^2 B mu - r A).
     */
    private Parameters overGroups(Normalization.OverGroups how) {
        long channels = shape.fixedExtent(1);
        long groups = how.groups();
        long perGroup = channels / groups;
        long width = Tensors.elements(site.weight().source());
        long count = perGroup * spatialElements();
        GroupStatistics statistics = GroupStatistics.of(site);
        String mean = tape.made(statistics.mean(), GroupStatistics.RANK, site.input());
        String scale = tape.made(statistics.inverseDeviation(), GroupStatistics.RANK, site.input());

        String x = builder.reshape(input, 0, channels, -1);
        String dy = builder.reshape(upstream, 0, channels, -1);
        String s1 = builder.reshape(builder.sum(dy, false, 2), 0, groups, perGroup);
        String raw = builder.reshape(builder.sum(builder.multiply(dy, x), false, 2), 0, groups, perGroup);
        String s2 = builder.multiply(builder.subtract(raw, builder.multiply(mean, s1)), scale);

        if (wantsInput) {
            // Scales per channel, or one for all channels of a group.
            String gammaByGroup = builder.reshape(gamma, groups, width / groups);
            String a = mean(builder.multiply(s1, gammaByGroup), count, 2);
            String b = mean(builder.multiply(s2, gammaByGroup), count, 2);
            String toUpstream = builder.reshape(builder.multiply(scale, gammaByGroup), 0, width, 1);
            if (width != channels) {
                toUpstream = perChannel(toUpstream, groups, perGroup);
            }
            String toInput = builder.multiply(builder.multiply(scale, scale), b);
            String constant = builder.subtract(builder.multiply(toInput, mean), builder.multiply(scale, a));
            String byGroup =
                    builder.subtract(constant, builder.multiply(builder.reshape(input, 0, groups, -1), toInput));
            contributeInput(builder.add(builder.multiply(dy, toUpstream), builder.reshape(byGroup, 0, channels, -1)));
        }
        boolean perGroupOnly = width != channels;
        return new SampleSums(tape, site.input())
                .of(
                        perGroupOnly ? builder.sum(s2, false, 2) : builder.reshape(s2, 0, channels),
                        perGroupOnly ? builder.sum(s1, false, 2) : builder.reshape(s1, 0, channels),
                        new Shape(List.of(shape.extent(0), Extent.of(width))),
                        1);
    }

    /** [R, G, 1] to [R, C, 1]. */
    private String perChannel(String tensor, long groups, long perGroup) {
        String repeated = builder.emit(
                "Expand", List.of(builder.reshape(tensor, 0, groups, 1), builder.longs(1, groups, perGroup)));
        return builder.reshape(repeated, 0, groups * perGroup, 1);
    }

    private Parameters overFeatures(Normalization.OverFeatures how) {
        int first = how.firstAxis();
        int[] features = IntStream.range(first, shape.rank()).toArray();
        long[] axes = LongStream.range(first, shape.rank()).toArray();
        long count = shape.elements(features);
        String centered = centered(input, count, axes);
        String scale = inverseDeviation(centered, how.epsilon(), count, axes);
        String normalized = builder.multiply(centered, scale);
        String weightGradient = builder.multiply(upstream, normalized);
        if (wantsInput) {
            String gammaInShape = features.length == 1
                    ? gamma
                    : builder.reshape(
                            gamma,
                            IntStream.of(features).mapToLong(shape::fixedExtent).toArray());
            String scaled = builder.multiply(upstream, gammaInShape);
            String a = mean(scaled, count, axes);
            String b = mean(builder.multiply(scaled, normalized), count, axes);
            String rest = builder.add(builder.multiply(normalized, b), a);
            contributeInput(builder.multiply(builder.subtract(scaled, rest), scale));
        }
        return new SampleSums(tape, site.input()).of(weightGradient, upstream, shape, first);
    }

    private String centered(String tensor, long count, long... axes) {
        return builder.subtract(tensor, mean(tensor, count, axes));
    }

    private String inverseDeviation(String centered, float epsilon, long count, long... axes) {
        String variance = mean(builder.multiply(centered, centered), count, axes);
        return builder.emit(
                "Reciprocal", List.of(builder.emit("Sqrt", List.of(builder.add(variance, builder.scalar(epsilon))))));
    }

    private String mean(String tensor, long count, long... axes) {
        return builder.multiply(builder.sum(tensor, true, axes), 1.0 / count);
    }

    private long spatialElements() {
        return shape.elements(IntStream.range(2, shape.rank()).toArray());
    }

    private void contributeInput(String gradient) {
        tape.contribute(site.input(), builder.reshape(gradient, tape.shape(shape)));
    }
}
