package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.norm.NormSite;
import io.tta4j.onnx.norm.Normalization;
import io.tta4j.onnx.probe.Facts;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A norm layer that nothing reads but a max pool, maybe through a ReLU, as in the stem of a ResNet. Where its input
 * needs no gradient, that of the pool need not be scattered over it: a scale and a shift per channel and a ReLU never
 * turn an order around but by the sign of the scale, so that
 *
 * <pre>
 *     maxpool(relu(gamma xhat + beta)) = relu(gamma xhat* + beta)      x* = s maxpool(s x), s = sign(gamma)
 * </pre>
 *
 * and the sums of the parameters' gradients run over the maxima alone. Where gamma is zero, any element is a maximum.
 */
record PooledNorm(NormSite site, Node pool, boolean rectified) {

    /** The pool behind a norm layer, if there is one and nothing else reads what lies in between. */
    static Optional<PooledNorm> of(Graph graph, Facts facts, NormSite site) {
        if (!scalesChannels(facts, site)) {
            return Optional.empty();
        }
        Optional<Node> relu = graph.onlyConsumer(site.output(), "Relu");
        String pooled = relu.map(Node::output).orElse(site.output());
        return graph.onlyConsumer(pooled, "MaxPool").map(pool -> new PooledNorm(site, pool, relu.isPresent()));
    }

    private static boolean scalesChannels(Facts facts, NormSite site) {
        Normalization how = site.normalization();
        boolean alongChannels = how instanceof Normalization.OverGroups
                || how instanceof Normalization.Frozen
                || how instanceof Normalization.Live
                || (how instanceof Normalization.Affine affine && affine.channelAxis() == 1);
        return alongChannels
                && Tensors.elements(site.weight().source())
                        == facts.shape(site.input()).fixedExtent(1);
    }

    /** x where y is largest, of the pool's extents. */
    String maxima(Tape tape, String gamma) {
        GraphBuilder builder = tape.builder;
        String negative = builder.emit("Less", List.of(gamma, builder.scalar(0)));
        String sign = builder.emit("Where", List.of(negative, builder.scalar(-1), builder.scalar(1)));
        int space = tape.facts.shape(site.input()).rank() - 2;
        long[] perChannel = new long[space + 1];
        Arrays.fill(perChannel, 1);
        perChannel[0] = Tensors.elements(site.weight().source());
        String signs = builder.reshape(sign, perChannel);
        String largest = builder.emit(
                "MaxPool",
                List.of(builder.multiply(tape.value(site.input()), signs)),
                pool.proto().getAttributeList().toArray(AttributeProto[]::new));
        return builder.multiply(largest, signs);
    }

    /** The gradient of the pool's output, where it is let through. */
    String masked(Tape tape, String upstream) {
        return rectified ? Rectifiers.masked(tape.builder, upstream, tape.value(pool.output())) : upstream;
    }
}
