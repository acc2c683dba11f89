package io.tta4j.onnx.norm;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.tta4j.model.NormKind;
import io.tta4j.onnx.graph.Node;
import java.util.List;
import java.util.Optional;

/**
 * One use of a norm layer in a graph. A module that is called twice has two sites of the same path.
 *
 * @param path the dotted module path
 * @param kind what the layer is called
 * @param normalization how it normalises
 * @param input the tensor that goes in
 * @param output the tensor that comes out, scaled and shifted
 * @param nodes the nodes from input to output, in graph order
 * @param weight the scales
 * @param bias the shifts, where there are any
 */
public record NormSite(
        String path,
        NormKind kind,
        Normalization normalization,
        String input,
        String output,
        List<Node> nodes,
        Parameter weight,
        Optional<Parameter> bias) {

    /**
     * A parameter as one node reads it.
     *
     * @param reader the node
     * @param index which of the node's inputs
     * @param source its values in the file
     */
    public record Parameter(Node reader, int index, TensorProto source) {}

    /** The node that the output comes out of. */
    Node lastNode() {
        return nodes.stream()
                .filter(node -> node.outputs().contains(output))
                .findFirst()
                .orElseThrow();
    }
}
