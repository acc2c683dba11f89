package io.tta4j.onnx.norm;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.tta4j.model.NormKind;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.norm.NormSite.Parameter;
import io.tta4j.onnx.probe.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds norm layers, by operator and by the patterns that exporters write where the operator set has no such operator.
 *
 * <p>Only layers with constant float32 parameters are found; the graph must have its constant parts folded.
 */
public final class NormFinder {

    private final Graph graph;
    private final Facts facts;

    private NormFinder(Graph graph, Facts facts) {
        this.graph = graph;
        this.facts = facts;
    }

    /** All norm layers of a graph, in graph order. */
    public static List<NormSite> find(Graph graph, Facts facts) {
        NormFinder finder = new NormFinder(graph, facts);
        return graph.nodes().stream().flatMap(node -> finder.at(node).stream()).toList();
    }

    private Optional<NormSite> at(Node node) {
        return switch (node.operator()) {
            case "LayerNormalization" -> layerNorm(node);
            case "GroupNormalization" -> groupNorm(node);
            case "InstanceNormalization" -> groupNormOverInstanceNorm(node).or(() -> instanceNorm(node));
            case "BatchNormalization" -> batchNorm(node);
            case "RMSNormalization", "SimplifiedLayerNormalization", "com.microsoft.SimplifiedLayerNormalization" ->
                rootMeanSquare(node);
            case "Div", "Mul" -> writtenOut(node);
            default -> Optional.empty();
        };
    }

    private Optional<NormSite> layerNorm(Node node) {
        if (node.hasInput(2) && parameter(node, 2).isEmpty()) {
            return Optional.empty();
        }
        Shape shape = facts.shape(node.input(0));
        int axis = shape.axis(node.integer("axis", -1));
        Shape features = new Shape(shape.extents().subList(axis, shape.rank()));
        Optional<Parameter> weight = parameter(node, 1).filter(scales -> isOfShape(scales, features));
        Optional<Parameter> bias = node.hasInput(2) ? parameter(node, 2) : Optional.empty();
        if (bias.filter(shifts -> !isOfShape(shifts, features)).isPresent()) {
            return Optional.empty();
        }
        return site(
                node,
                NormKind.LAYER,
                new Normalization.OverFeatures(axis, node.real("epsilon", 1e-5f)),
                node.input(0),
                node.output(),
                List.of(node),
                weight,
                bias);
    }

    private Optional<NormSite> rootMeanSquare(Node node) {
        Shape shape = facts.shape(node.input(0));
        int axis = shape.axis(node.integer("axis", -1));
        Shape features = new Shape(shape.extents().subList(axis, shape.rank()));
        return site(
                node,
                NormKind.RMS,
                new Normalization.RootMeanSquare(axis, node.real("epsilon", 1e-5f)),
                node.input(0),
                node.output(),
                List.of(node),
                parameter(node, 1).filter(scales -> isOfShape(scales, features)),
                Optional.empty());
    }

    /** Parameters that are broadcast over the features are none of a layer norm's. */
    private static boolean isOfShape(Parameter parameter, Shape shape) {
        return Shape.fixed(Tensors.shape(parameter.source())).equals(shape);
    }

    private Optional<NormSite> groupNorm(Node node) {
        return overGroups(node, NormKind.GROUP, node.integer("num_groups", 1));
    }

    private Optional<NormSite> instanceNorm(Node node) {
        return overGroups(node, NormKind.INSTANCE, facts.shape(node.input(0)).fixedExtent(1));
    }

    private Optional<NormSite> overGroups(Node node, NormKind kind, long groups) {
        if (parameter(node, 2).isEmpty()) {
            return Optional.empty();
        }
        return site(
                node,
                kind,
                new Normalization.OverGroups(Math.toIntExact(groups), node.real("epsilon", 1e-5f)),
                node.input(0),
                node.output(),
                List.of(node),
                parameter(node, 1),
                parameter(node, 2));
    }

    /**
     * Reshape [N, G, -1] -> InstanceNormalization (1, 0) -> Reshape back -> Mul by [C, 1, 1], and Add [C, 1, 1] where
     * there are shifts.
     */
    private Optional<NormSite> groupNormOverInstanceNorm(Node instanceNorm) {
        Optional<Node> split = graph.producer(instanceNorm.input(0), "Reshape");
        Optional<Node> join = graph.onlyConsumer(instanceNorm.output(), "Reshape");
        if (split.isEmpty() || join.isEmpty() || !isIdentity(instanceNorm)) {
            return Optional.empty();
        }
        Shape input = facts.shape(split.get().input(0));
        Shape grouped = facts.shape(instanceNorm.input(0));
        if (grouped.rank() != 3
                || !input.equals(facts.shape(join.get().output()))
                || !input.extent(0).equals(grouped.extent(0))) {
            return Optional.empty();
        }
        Optional<Node> scale = graph.onlyConsumer(join.get().output(), "Mul");
        if (scale.isEmpty()) {
            return Optional.empty();
        }
        String scaled = scale.get().output();
        Optional<Parameter> bias = graph.onlyConsumer(scaled, "Add").flatMap(shift -> perChannel(shift, scaled, input));
        List<Node> nodes = new ArrayList<>(List.of(split.get(), instanceNorm, join.get(), scale.get()));
        bias.map(Parameter::reader).ifPresent(nodes::add);
        return site(
                instanceNorm,
                NormKind.GROUP,
                new Normalization.OverGroups(
                        Math.toIntExact(grouped.fixedExtent(1)), instanceNorm.real("epsilon", 1e-5f)),
                split.get().input(0),
                nodes.get(nodes.size() - 1).output(),
                List.copyOf(nodes),
                perChannel(scale.get(), join.get().output(), input),
                bias);
    }

    private boolean isIdentity(Node instanceNorm) {
        return isFilledWith(instanceNorm.input(1), 1f) && isFilledWith(instanceNorm.input(2), 0f);
    }

    private boolean isFilledWith(String tensor, float value) {
        Optional<TensorProto> constant = graph.constant(tensor).filter(Tensors::isFloat);
        if (constant.isEmpty()) {
            return false;
        }
        for (float element : Tensors.floats(constant.get())) {
            if (element != value) {
                return false;
            }
        }
        return true;
    }

    /** The constant that an element-wise node applies per channel (axis 1) to a tensor of the given shape. */
    private Optional<Parameter> perChannel(Node node, String tensor, Shape shape) {
        return operand(node, tensor).filter(parameter -> {
            Shape broadcast = Shape.fixed(Tensors.shape(parameter.source()));
            int channelAxis = broadcast.rank() - (shape.rank() - 1);
            return channelAxis >= 0
                    && broadcast.extent(channelAxis).equals(shape.extent(1))
                    && Tensors.elements(parameter.source()) == shape.fixedExtent(1);
        });
    }

    /** The other operand of a two-operand node, where it is constant. */
    private Optional<Parameter> operand(Node node, String tensor) {
        return parameter(node, node.input(0).equals(tensor) ? 1 : 0);
    }

    private Optional<NormSite> batchNorm(Node node) {
        boolean frozen = node.integer("training_mode", 0) == 0
                && graph.constant(node.input(3)).isPresent()
                && graph.constant(node.input(4)).isPresent();
        return frozen
                ? site(
                        node,
                        NormKind.BATCH,
                        new Normalization.Frozen(node.input(3), node.input(4), node.real("epsilon", 1e-5f)),
                        node.input(0),
                        node.output(),
                        List.of(node),
                        parameter(node, 1),
                        parameter(node, 2))
                : Optional.empty();
    }

    private Optional<NormSite> writtenOut(Node node) {
        return WrittenOutNorm.at(graph, facts, node).stream()
                .flatMap(found -> site(
                        node,
                        found.kind(),
                        found.normalization(),
                        found.input(),
                        found.output(),
                        found.nodes(),
                        Optional.of(found.weight()),
                        found.bias())
                        .stream())
                .findFirst();
    }

    private Optional<Parameter> parameter(Node node, int index) {
        return graph.constant(node.input(index))
                .filter(Tensors::isFloat)
                .map(constant -> new Parameter(node, index, constant));
    }

    private Optional<NormSite> site(
            Node named,
            NormKind kind,
            Normalization normalization,
            String input,
            String output,
            List<Node> nodes,
            Optional<Parameter> weight,
            Optional<Parameter> bias) {
        return weight.filter(scales -> bias.isPresent() || normalization.goesWithoutShifts())
                .filter(scales -> isClosed(nodes, output))
                .map(scales ->
                        new NormSite(path(named, scales), kind, normalization, input, output, nodes, scales, bias));
    }

    private String path(Node named, Parameter scales) {
        String parameter = scales.source().getName();
        boolean readOnce = graph.consumers(parameter).size() == 1;
        return readOnce ? ModulePath.ofOwner(named, parameter) : ModulePath.of(named, parameter);
    }

    /** Whether nobody else reads what flows inside: a norm layer hands on the gradient of its output only. */
    private boolean isClosed(List<Node> nodes, String output) {
        return nodes.stream()
                .flatMap(node -> node.outputs().stream())
                .filter(tensor -> !tensor.equals(output))
                .allMatch(tensor -> nodes.containsAll(graph.consumers(tensor)));
    }
}
