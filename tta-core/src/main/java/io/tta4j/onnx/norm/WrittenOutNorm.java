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
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A norm that is written out in ordinary operators, as exporters do where the operator set has none for it: a tensor
 * over the root of a mean of squares plus epsilon, then scales, and possibly shifts.
 *
 * <p>Layer norm and RMS norm over the last axes are found whole. Of any other form the scales and shifts are the layer,
 * and what normalises is differentiated operator by operator.
 */
final class WrittenOutNorm {

    /** How far the mean may be from the root: corrections of the variance, casts, and shapes lie between. */
    private static final int FARTHEST_MEAN = 8;

    private static final Set<String> MEANS =
            Set.of("ReduceMean", "ReduceSum", "ReduceSumSquare", "GlobalAveragePool", "ReduceL2");

    private static final Set<String> WEIGHTED = Set.of("Conv", "ConvTranspose", "Gemm", "MatMul");

    private final Graph graph;
    private final Facts facts;
    private final Node normalizer;

    private WrittenOutNorm(Graph graph, Facts facts, Node normalizer) {
        this.graph = graph;
        this.facts = facts;
        this.normalizer = normalizer;
    }

    /**
     * The layer whose normalising node is the given Mul or Div, but for its place among the sites.
     *
     * @param nodes from input to output, in graph order
     */
    record Found(
            NormKind kind,
            Normalization normalization,
            String input,
            String output,
            List<Node> nodes,
            Parameter weight,
            Optional<Parameter> bias) {}

    /** What the layer can be taken for, the best first. */
    static List<Found> at(Graph graph, Facts facts, Node node) {
        return new WrittenOutNorm(graph, facts, node).find();
    }

    /** sqrt(variance + epsilon), or one over it. */
    private record Root(String variance, float epsilon, List<Node> nodes) {

        Root behind(Node node) {
            List<Node> more = new ArrayList<>(nodes);
            more.add(node);
            return new Root(variance, epsilon, more);
        }
    }

    private List<Found> find() {
        if (normalizer.operator().equals("Div")) {
            return root(normalizer.input(1))
                    .map(root -> found(normalizer.input(0), root))
                    .orElse(List.of());
        }
        return inverseRoot(normalizer.input(1))
                .map(root -> found(normalizer.input(0), root))
                .or(() -> inverseRoot(normalizer.input(0)).map(root -> found(normalizer.input(1), root)))
                .orElse(List.of());
    }

    private Optional<Root> inverseRoot(String tensor) {
        Optional<Node> producer = graph.producer(tensor);
        if (producer.isEmpty()) {
            return Optional.empty();
        }
        Node node = producer.get();
        Optional<Root> root = switch (node.operator()) {
            case "Reciprocal" -> root(node.input(0));
            case "Div" -> isNumber(node.input(0), 1) ? root(node.input(1)) : Optional.empty();
            case "Pow" -> isNumber(node.input(1), -0.5f) ? guarded(node.input(0)) : Optional.empty();
            default -> Optional.empty();
        };
        return root.map(found -> found.behind(node));
    }

    private Optional<Root> root(String tensor) {
        return graph.producer(tensor, "Sqrt")
                .or(() -> graph.producer(tensor, "Pow").filter(pow -> isNumber(pow.input(1), 0.5f)))
                .flatMap(root -> guarded(root.input(0)).map(found -> found.behind(root)));
    }

    private Optional<Root> guarded(String tensor) {
        return graph.producer(tensor, "Add")
                .flatMap(add -> number(add.input(1))
                        .map(epsilon -> new Root(add.input(0), epsilon, List.of(add)))
                        .or(() -> number(add.input(0)).map(epsilon -> new Root(add.input(1), epsilon, List.of(add)))));
    }

    private List<Found> found(String numerator, Root root) {
        Optional<Node> scale = graph.onlyConsumer(normalizer.output(), "Mul");
        Optional<Parameter> weight = scale.flatMap(mul -> operand(mul, normalizer.output()));
        if (graph.constant(numerator).isPresent() || weight.isEmpty()) {
            return List.of();
        }
        Optional<Parameter> bias = graph.onlyConsumer(weight.get().reader().output(), "Add")
                .flatMap(add -> operand(add, weight.get().reader().output()))
                .filter(shifts -> Arrays.equals(
                        Tensors.shape(shifts.source()),
                        Tensors.shape(weight.get().source())));
        List<Found> candidates = new ArrayList<>();
        whole(numerator, root, weight.get(), bias).ifPresent(candidates::add);
        if (isMeanOfSquares(root.variance())) {
            affine(weight.get(), bias).ifPresent(candidates::add);
        }
        return candidates;
    }

    /** Layer norm or RMS norm over the last axes, with scales of their shape. */
    private Optional<Found> whole(String numerator, Root root, Parameter weight, Optional<Parameter> bias) {
        Optional<Node> variance = graph.producer(root.variance(), "ReduceMean");
        Optional<Node> square = variance.flatMap(mean -> graph.producer(mean.input(0)));
        Optional<String> squared = square.flatMap(this::squared);
        if (squared.isEmpty()) {
            return Optional.empty();
        }
        Optional<Center> center = center(numerator);
        String input = center.map(Center::input).orElse(numerator);
        OptionalInt first = firstOfLastAxes(variance.get(), input);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        List<Node> nodes = new ArrayList<>(root.nodes());
        nodes.addAll(List.of(variance.get(), square.get(), normalizer, weight.reader()));
        bias.ifPresent(shifts -> nodes.add(shifts.reader()));
        if (center.isPresent()) {
            // Exporters may compute the centre twice, once for the variance.
            Optional<Center> other =
                    center(squared.get()).filter(centered -> centered.input().equals(input));
            if (other.isEmpty()) {
                return Optional.empty();
            }
            for (Center each : List.of(center.get(), other.get())) {
                if (!firstOfLastAxes(each.mean(), input).equals(first)) {
                    return Optional.empty();
                }
                nodes.addAll(List.of(each.mean(), each.subtraction()));
            }
        } else if (!squared.get().equals(input)) {
            return Optional.empty();
        }
        Shape shape = facts.shape(input);
        Shape features = new Shape(shape.extents().subList(first.getAsInt(), shape.rank()));
        if (!Shape.fixed(Tensors.shape(weight.source())).equals(features)) {
            return Optional.empty();
        }
        Normalization how = center.isPresent()
                ? new Normalization.OverFeatures(first.getAsInt(), root.epsilon())
                : new Normalization.RootMeanSquare(first.getAsInt(), root.epsilon());
        return Optional.of(new Found(
                center.isPresent() ? NormKind.LAYER : NormKind.RMS,
                how,
                input,
                output(weight, bias),
                inGraphOrder(nodes),
                weight,
                bias));
    }

    /** Scales and shifts along one axis of a tensor that is normalised already. */
    private Optional<Found> affine(Parameter weight, Optional<Parameter> bias) {
        OptionalInt axis = onlyAxis(weight.source(), facts.shape(normalizer.output()));
        if (axis.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Found(
                isCentered() ? NormKind.LAYER : NormKind.RMS,
                new Normalization.Affine(axis.getAsInt()),
                normalizer.output(),
                output(weight, bias),
                Stream.concat(Stream.of(weight.reader()), bias.map(Parameter::reader).stream())
                        .toList(),
                weight,
                bias));
    }

    private boolean isCentered() {
        return normalizer.inputs().stream()
                .anyMatch(input -> graph.producer(input, "Sub").isPresent());
    }

    private static String output(Parameter weight, Optional<Parameter> bias) {
        return bias.orElse(weight).reader().output();
    }

    /** input - mean(input) */
    private record Center(String input, Node mean, Node subtraction) {}

    private Optional<Center> center(String tensor) {
        return graph.producer(tensor, "Sub")
                .flatMap(subtraction -> graph.producer(subtraction.input(1), "ReduceMean")
                        .filter(mean -> mean.input(0).equals(subtraction.input(0)))
                        .map(mean -> new Center(subtraction.input(0), mean, subtraction)));
    }

    /** What a node squares. */
    private Optional<String> squared(Node node) {
        boolean squares = switch (node.operator()) {
            case "Pow" -> isNumber(node.input(1), 2);
            case "Mul" -> node.input(0).equals(node.input(1));
            default -> false;
        };
        return squares ? Optional.of(node.input(0)) : Optional.empty();
    }

    /** The first of the axes that a node reduces, if these are the last ones, and stay as axes of one. */
    private OptionalInt firstOfLastAxes(Node reduce, String input) {
        boolean given = reduce.hasInput(1) || reduce.hasAttribute("axes");
        if (!given || reduce.integer("keepdims", 1) != 1) {
            return OptionalInt.empty();
        }
        Shape shape = facts.shape(input);
        int[] axes = Arrays.stream(reduce.hasInput(1) ? facts.integers(reduce.input(1)) : reduce.integers("axes"))
                .mapToInt(shape::axis)
                .sorted()
                .toArray();
        int first = shape.rank() - axes.length;
        return axes.length > 0
                        && Arrays.equals(
                                axes, IntStream.range(first, shape.rank()).toArray())
                ? OptionalInt.of(first)
                : OptionalInt.empty();
    }

    private boolean isMeanOfSquares(String variance) {
        Set<String> reached = new LinkedHashSet<>(Set.of(variance));
        for (int step = 0; step < FARTHEST_MEAN; step++) {
            Set<String> before = new LinkedHashSet<>();
            for (String tensor : reached) {
                Optional<Node> producer = graph.producer(tensor);
                if (producer.filter(node -> MEANS.contains(node.operator())).isPresent()) {
                    return true;
                }
                producer.filter(node -> !WEIGHTED.contains(node.operator()))
                        .ifPresent(node -> before.addAll(node.inputs()));
            }
            reached = before;
        }
        return false;
    }

    /** The one axis of a shape that a constant is not broadcast along. */
    private static OptionalInt onlyAxis(TensorProto constant, Shape shape) {
        long[] extents = Tensors.shape(constant);
        int added = shape.rank() - extents.length;
        int[] axes = IntStream.range(0, extents.length)
                .filter(axis -> extents[axis] != 1)
                .toArray();
        boolean fits = added >= 0
                && axes.length == 1
                && axes[0] + added > 0
                && shape.extent(axes[0] + added).isFixed()
                && shape.fixedExtent(axes[0] + added) == extents[axes[0]];
        return fits ? OptionalInt.of(axes[0] + added) : OptionalInt.empty();
    }

    /** The other operand of a two-operand node, where it is a float32 constant. */
    private Optional<Parameter> operand(Node node, String tensor) {
        int index = node.input(0).equals(tensor) ? 1 : 0;
        return graph.constant(node.input(index))
                .filter(Tensors::isFloat)
                .map(constant -> new Parameter(node, index, constant));
    }

    /** The value of a float32 constant of one element, or of several that are equal. */
    private Optional<Float> number(String tensor) {
        return graph.constant(tensor)
                .filter(Tensors::isFloat)
                .map(Tensors::floats)
                .filter(values -> values.length > 0)
                .filter(values -> IntStream.range(0, values.length).allMatch(i -> values[i] == values[0]))
                .map(values -> values[0]);
    }

    private boolean isNumber(String tensor, float value) {
        return number(tensor).filter(found -> found == value).isPresent();
    }

    private List<Node> inGraphOrder(List<Node> nodes) {
        return nodes.stream()
                .distinct()
                .sorted(Comparator.comparingInt(node -> graph.nodes().indexOf(node)))
                .toList();
    }
}
