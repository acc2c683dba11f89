package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.graph.TestGraph;
import io.tta4j.onnx.probe.Facts;
import io.tta4j.onnx.probe.Probe;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.SessionSettings;
import io.tta4j.onnx.session.SharedWeights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * A graph with leaves to differentiate by: inputs [N, ...], or constants, which have no batch. It is run on a batch of
 * a size that no probe has seen.
 */
final class RuleGraph {

    static final int ROWS = 4;

    private final long opset;
    private final TestGraph graph;
    private final Random random = new Random(5);
    private final List<InputSpec> inputs = new ArrayList<>();
    private final Map<String, float[]> leaves = new LinkedHashMap<>();
    private final Map<String, long[]> shapes = new HashMap<>();

    RuleGraph(long opset) {
        this.opset = opset;
        this.graph = new TestGraph(opset);
    }

    /** An input [N, trailing...] to differentiate by. */
    String x(long... trailing) {
        String name = "x" + leaves.size();
        long[] shape =
                LongStream.concat(LongStream.of(ROWS), Arrays.stream(trailing)).toArray();
        List<Long> open = new ArrayList<>(Arrays.stream(shape).boxed().toList());
        open.set(0, InputSpec.ANY);
        inputs.add(new InputSpec(name, ElementType.FLOAT32, open));
        return leaf(graph.input(name, trailing), shape);
    }

    /** A constant to differentiate by. */
    String leaf(long... shape) {
        String name = "leaf" + leaves.size();
        return leaf(graph.constant(name, new float[TestGraph.size(shape)], shape), shape);
    }

    private String leaf(String name, long[] shape) {
        shapes.put(name, shape);
        leaves.put(name, TestGraph.normal(random, TestGraph.size(shape)));
        return name;
    }

    /** Keeps a leaf away from zero and below: its values become 0.5 + |value|. */
    String positive(String leaf) {
        float[] values = values(leaf);
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.5f + Math.abs(values[i]);
        }
        return leaf;
    }

    float[] values(String leaf) {
        return Objects.requireNonNull(leaves.get(leaf));
    }

    private long[] shape(String leaf) {
        return Objects.requireNonNull(shapes.get(leaf));
    }

    /** The graph itself, for constants and nodes of other kinds. */
    TestGraph graph() {
        return graph;
    }

    String weights(long... shape) {
        return graph.weights(shape);
    }

    String longs(long... values) {
        return graph.longs(values);
    }

    String node(String operator, List<String> operands, AttributeProto... attributes) {
        return graph.node(operator, operands, attributes);
    }

    List<String> nodes(String operator, List<String> operands, int outputs, AttributeProto... attributes) {
        return graph.nodes(operator, operands, outputs, attributes);
    }

    Map<String, float[]> leaves() {
        return leaves;
    }

    Map<String, float[]> leavesWith(String leaf, float[] values) {
        Map<String, float[]> changed = new LinkedHashMap<>(leaves);
        changed.put(leaf, values);
        return changed;
    }

    /** Derives the gradients and opens the sessions. */
    Compiled compile(String output) {
        graph.output(output);
        // Gradients of products read the values of leaves that are constants.
        ModelProto.Builder model = graph.model().toBuilder();
        for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
            float[] values = leaves.get(tensor.getName());
            if (values != null) {
                tensor.setRawData(Tensors.of(tensor.getName(), values).getRawData());
            }
        }
        Graph folded = Probe.foldConstants(new Graph(model.build()));
        Facts facts = new Probe(folded, inputs).facts(output);
        Differentiator differentiator = new Differentiator(folded, facts, List.of(), leaves.keySet(), output);
        Tape tape = new Tape(
                new GraphBuilder(),
                Tape.Form.APART,
                folded,
                facts,
                differentiator.active(),
                Differentiator.SEED,
                output);
        differentiator.walk(tape, (site, upstream) -> {});
        leaves.keySet()
                .forEach(leaf ->
                        tape.gradient(leaf).ifPresent(gradient -> tape.builder.output(gradient, gradientOf(leaf))));
        ModelProto backward = tape.builder.build(
                8,
                List.of(OperatorSetIdProto.newBuilder()
                        .setVersion(Math.max(17, opset))
                        .build()));
        Set<String> kept = tape.kept().stream().map(Kept::name).collect(Collectors.toSet());
        return new Compiled(forward(folded.model(), output, kept), backward, output, kept);
    }

    /** The same graph with all leaves as inputs and the kept activations as outputs. */
    private ModelProto forward(ModelProto model, String output, Set<String> kept) {
        GraphBuilder builder = new GraphBuilder();
        GraphProto proto = model.getGraph();
        leaves.keySet().forEach(leaf -> builder.input(leaf, DataType.FLOAT, shape(leaf).length));
        proto.getInitializerList().stream()
                .filter(tensor -> !leaves.containsKey(tensor.getName()))
                .forEach(builder::initializer);
        proto.getNodeList().forEach(builder::copy);
        builder.output(output);
        kept.stream().filter(tensor -> !leaves.containsKey(tensor)).forEach(builder::output);
        return builder.build(model.getIrVersion(), model.getOpsetImportList());
    }

    private static String gradientOf(String leaf) {
        return "gradient of " + leaf;
    }

    /** The sessions. */
    final class Compiled implements AutoCloseable {

        private final NativeSession forward;
        private final NativeSession backward;
        private final String output;
        private final Set<String> kept;
        private final Set<String> gradients = new LinkedHashSet<>();

        Compiled(ModelProto forward, ModelProto backward, String output, Set<String> kept) {
            this.forward =
                    NativeSession.open(forward, Purpose.ADAPTING, SessionSettings.onProcessor(0), SharedWeights.none());
            this.backward = NativeSession.open(
                    backward, Purpose.ADAPTING, SessionSettings.onProcessor(0), SharedWeights.none());
            this.output = output;
            this.kept = kept;
            backward.getGraph().getOutputList().forEach(declared -> gradients.add(declared.getName()));
        }

        float[] forward(Map<String, float[]> values) {
            Map<String, OnnxTensor> feeds = feeds(values);
            try (OrtSession.Result result = forward.run(feeds, Set.of(output))) {
                return NativeTensors.floats(result, output);
            } finally {
                feeds.values().forEach(OnnxTensor::close);
            }
        }

        Map<String, float[]> backward(Map<String, float[]> values, float[] seed) {
            Set<String> asked = new LinkedHashSet<>(kept);
            asked.removeAll(leaves.keySet());
            asked.add(output);
            Map<String, OnnxTensor> feeds = feeds(values);
            try (OrtSession.Result trace = forward.run(feeds, asked);
                    OnnxTensor upstream = tensor(
                            seed, NativeTensors.tensor(trace, output).getInfo().getShape())) {
                Map<String, OnnxTensor> read = new HashMap<>(Map.of(Differentiator.SEED, upstream));
                kept.forEach(tensor -> read.put(
                        tensor, leaves.containsKey(tensor) ? feeds.get(tensor) : NativeTensors.tensor(trace, tensor)));
                try (OrtSession.Result result = backward.run(read, gradients)) {
                    Map<String, float[]> found = new HashMap<>();
                    leaves.keySet().stream()
                            .filter(leaf -> gradients.contains(gradientOf(leaf)))
                            .forEach(leaf -> found.put(leaf, NativeTensors.floats(result, gradientOf(leaf))));
                    return found;
                }
            } finally {
                feeds.values().forEach(OnnxTensor::close);
            }
        }

        private Map<String, OnnxTensor> feeds(Map<String, float[]> values) {
            Map<String, OnnxTensor> feeds = new HashMap<>();
            values.forEach((leaf, array) -> feeds.put(leaf, tensor(array, shape(leaf))));
            return feeds;
        }

        private static OnnxTensor tensor(float[] values, long[] shape) {
            FloatBuffer buffer = Tensor.of(values, values.length).floats();
            try {
                return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), buffer, shape);
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            forward.close();
            backward.close();
        }
    }
}
