package io.tta4j.onnx.norm;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.tta4j.model.NormKind;
import io.tta4j.onnx.graph.Graph;
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
    public record Parameter(Node reader, int index, TensorProto source) {

        Parameter in(Graph graph) {
            return new Parameter(node(graph, reader), index, source);
        }
    }

    /** The same layer in a graph that was rewritten around its nodes, with another normalization. */
    public NormSite in(Graph graph, Normalization now) {
        return new NormSite(
                path,
                kind,
                now,
                input,
                output,
                nodes.stream().map(node -> node(graph, node)).toList(),
                weight.in(graph),
                bias.map(parameter -> parameter.in(graph)));
    }

    /** The node that makes the same tensor. */
    private static Node node(Graph graph, Node node) {
        return graph.producer(node.output()).orElseThrow();
    }

    /** The node that the output comes out of. */
    Node lastNode() {
        return nodes.stream()
                .filter(node -> node.outputs().contains(output))
                .findFirst()
                .orElseThrow();
    }
}
