package io.tta4j.onnx.norm;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Vector;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.norm.NormSite.Parameter;
import io.tta4j.onnx.probe.Facts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The norm layers' parameters lifted out of the graph: they become slices of one flat input, theta.
 *
 * <p>An initializer that is also a graph input cannot be fed from Java, and a changed initializer is lost to prepacking
 * and fusion; a required input is neither.
 */
public final class Lifting {

    /** The name of the input that carries theta, float32 [P]. */
    public static final String THETA = GraphBuilder.PREFIX + "theta";

    /** Elements of a sample: below, the file's form of a group norm is the faster one to serve, above ours. */
    private static final long SMALL = 1 << 15;

    /** TorchScript writes a module's second call, and all inside it, under {@code path_1}. */
    private static final Pattern CALL_NUMBER = Pattern.compile("_\\d+(?=\\.|$)");

    private final List<NormSite> sites;
    private final AffineLayout layout;
    private final Vector source;
    private final Map<NormSite, NormLayer> layers = new HashMap<>();

    /** Gives every module a slice; sites of the same module, with the same parameters, share it. */
    public Lifting(List<NormSite> sites) {
        this.sites = List.copyOf(sites);
        Map<String, NormSite> owners = new LinkedHashMap<>();
        Map<String, NormLayer> byName = new LinkedHashMap<>();
        List<float[]> values = new ArrayList<>();
        int size = 0;
        for (NormSite site : sites) {
            String name = freeName(owners, site);
            NormLayer layer = byName.get(name);
            if (layer == null) {
                int width = Tensors.elements(site.weight().source());
                layer = new NormLayer(
                        name,
                        site.kind(),
                        width,
                        size,
                        site.bias().isPresent() ? OptionalInt.of(size + width) : OptionalInt.empty());
                values.add(Tensors.floats(site.weight().source()));
                site.bias().ifPresent(bias -> values.add(Tensors.floats(bias.source())));
                size += layer.parameters();
                byName.put(name, layer);
                owners.put(name, site);
            }
            layers.put(site, layer);
        }
        this.layout = new AffineLayout(List.copyOf(byName.values()), size);
        this.source = Vector.concatenate(values);
    }

    private static String freeName(Map<String, NormSite> owners, NormSite site) {
        Matcher number = CALL_NUMBER.matcher(site.path());
        while (number.find()) {
            String firstCall =
                    site.path().substring(0, number.start()) + site.path().substring(number.end());
            if (owners.containsKey(firstCall) && sameParameters(owners.get(firstCall), site)) {
                return firstCall;
            }
        }
        String name = site.path();
        for (int i = 2; owners.containsKey(name) && !sameParameters(owners.get(name), site); i++) {
            name = site.path() + "#" + i;
        }
        return name;
    }

    private static boolean sameParameters(NormSite a, NormSite b) {
        return a.kind() == b.kind()
                && a.weight().source().equals(b.weight().source())
                && a.bias().map(Parameter::source).equals(b.bias().map(Parameter::source));
    }

    public List<NormSite> sites() {
        return sites;
    }

    public AffineLayout layout() {
        return layout;
    }

    /** Theta as the file has it. */
    public Vector source() {
        return source;
    }

    public NormLayer layer(NormSite site) {
        return java.util.Objects.requireNonNull(layers.get(site));
    }

    /** Declares theta as an input and cuts it into the layers' parameters. */
    public ThetaSlices slices(GraphBuilder builder) {
        builder.input(THETA, TensorProto.DataType.FLOAT, 1);
        long[] lengths = layout.layers().stream()
                .flatMap(layer -> layer.biasOffset().isPresent()
                        ? java.util.stream.Stream.of(layer.width(), layer.width())
                        : java.util.stream.Stream.of(layer.width()))
                .mapToLong(Integer::longValue)
                .toArray();
        List<String> parts = lengths.length == 1
                ? List.of(THETA)
                : builder.emit(
                        "Split",
                        List.of(THETA, builder.longs(lengths)),
                        lengths.length,
                        GraphBuilder.attribute("axis", 0));
        Map<Integer, String> byOffset = new HashMap<>();
        int offset = 0;
        for (int i = 0; i < lengths.length; i++) {
            byOffset.put(offset, parts.get(i));
            offset += Math.toIntExact(lengths[i]);
        }
        return new ThetaSlices(byOffset);
    }

    /**
     * A forward pass over the graph, with theta as an input, that leaves what the pullback reads.
     *
     * @param outputs what it is to hand out
     */
    public ModelProto forward(Graph graph, Facts facts, Collection<String> outputs) {
        return forward(graph, facts, outputs, how -> true);
    }

    /**
     * A forward pass over the graph, with theta as an input, for its answers alone: norms over groups of small maps
     * stay as the file has them, where one request takes as long to start operators as to run them.
     *
     * @param outputs what it is to hand out
     */
    public ModelProto serving(Graph graph, Facts facts, Collection<String> outputs) {
        return forward(graph, facts, outputs, site -> !isSmall(facts.shape(site.input())));
    }

    private static boolean isSmall(Shape shape) {
        return shape.elements(IntStream.range(1, shape.rank()).toArray()) <= SMALL;
    }

    private ModelProto forward(Graph graph, Facts facts, Collection<String> outputs, Predicate<NormSite> rewrites) {
        GraphBuilder forward = new GraphBuilder();
        graph.inputs().forEach(forward::input);
        copyNodes(graph, facts, forward, rewrites);
        outputs.forEach(forward::output);
        graph.initializers().values().forEach(forward::initializer);
        return forward.build(graph.model().getIrVersion(), graph.model().getOpsetImportList());
    }

    /** Copies the graph's nodes to a builder, with the parameters taken from theta, whose slices it returns. */
    public ThetaSlices copyNodes(Graph graph, Facts facts, GraphBuilder builder) {
        return copyNodes(graph, facts, builder, site -> true);
    }

    /** @param rewrites which norms over groups take a form of ours, which leaves statistics */
    private ThetaSlices copyNodes(Graph graph, Facts facts, GraphBuilder builder, Predicate<NormSite> rewrites) {
        ThetaSlices slices = slices(builder);
        Map<Node, NodeProto.Builder> rewritten = new HashMap<>();
        Map<Node, Optional<GroupNormForward>> replaced = new HashMap<>();
        for (NormSite site : sites) {
            NormLayer layer = layer(site);
            String weight = slices.at(layer.weightOffset());
            if (site.normalization() instanceof Normalization.OverGroups how && rewrites.test(site)) {
                site.nodes().forEach(node -> replaced.put(node, Optional.empty()));
                Optional<String> bias = layer.biasOffset().isPresent()
                        ? Optional.of(slices.at(layer.biasOffset().getAsInt()))
                        : Optional.empty();
                replaced.put(site.lastNode(), Optional.of(new GroupNormForward(site, how, facts, weight, bias)));
            } else {
                redirect(rewritten, site.weight(), weight, builder);
                site.bias()
                        .ifPresent(bias -> redirect(
                                rewritten, bias, slices.at(layer.biasOffset().orElseThrow()), builder));
            }
        }
        for (Node node : graph.nodes()) {
            Optional<GroupNormForward> replacement = replaced.get(node);
            if (replacement != null) {
                replacement.ifPresent(forward -> forward.emit(builder));
            } else {
                NodeProto.Builder changed = rewritten.get(node);
                builder.copy(changed == null ? node.proto() : changed.build());
            }
        }
        return slices;
    }

    private static void redirect(
            Map<Node, NodeProto.Builder> rewritten, Parameter parameter, String slice, GraphBuilder builder) {
        long[] shape = Tensors.shape(parameter.source());
        String input = shape.length == 1 ? slice : builder.reshape(slice, shape);
        rewritten
                .computeIfAbsent(parameter.reader(), node -> node.proto().toBuilder())
                .setInput(parameter.index(), input);
    }

    /** The names of theta's slices in one graph, by offset. */
    public record ThetaSlices(Map<Integer, String> byOffset) {

        public String at(int offset) {
            return java.util.Objects.requireNonNull(byOffset.get(offset), () -> Arrays.toString(new int[] {offset}));
        }
    }
}
