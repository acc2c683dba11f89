package io.tta4j.onnx.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.SessionSettings;
import io.tta4j.onnx.session.SharedWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** A model and its canonical form, run side by side in ONNX Runtime. */
record Rewritten(ModelProto original, CanonicalForm canonical) {

    private static final int[] BATCHES = {2, 3};
    private static final int INTEGERS = 3;

    static Rewritten of(ModelProto model) {
        Graph graph = new Graph(model);
        return new Rewritten(model, CanonicalForm.of(graph, specs(graph)));
    }

    private static List<InputSpec> specs(Graph graph) {
        return graph.inputs().stream()
                .map(input -> {
                    TypeProto.Tensor type = input.getType().getTensorType();
                    List<Long> shape = new ArrayList<>(List.of(InputSpec.ANY));
                    type.getShape().getDimList().stream().skip(1).forEach(extent -> shape.add(extent.getDimValue()));
                    return new InputSpec(input.getName(), elementType(type.getElemType()), shape);
                })
                .toList();
    }

    private static ElementType elementType(int type) {
        return switch (DataType.forNumber(type)) {
            case FLOAT -> ElementType.FLOAT32;
            case INT64 -> ElementType.INT64;
            case INT32 -> ElementType.INT32;
            case BOOL -> ElementType.BOOL;
            default -> throw new IllegalArgumentException("type " + type);
        };
    }

    List<String> operators() {
        return canonical.graph().nodes().stream().map(Node::operator).toList();
    }

    /** Asserts that all float outputs agree on random batches, integers being drawn from 0, 1 and 2. */
    void agrees() {
        assertThat(canonical.remarks()).isEmpty();
        assertThat(canonical.graph().nodes())
                .allMatch(node -> node.proto().getDomain().isEmpty());
        Set<String> outputs = original.getGraph().getOutputList().stream()
                .map(ValueInfoProto::getName)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Random random = new Random(3);
        for (int rows : BATCHES) {
            Batch batch = batch(rows, random);
            Map<String, float[]> expected = run(original, batch, outputs);
            run(canonical.graph().model(), batch, outputs)
                    .forEach((name, values) -> assertThat(values)
                            .as(name)
                            .containsExactly(java.util.Objects.requireNonNull(expected.get(name)), within(2e-5f)));
        }
    }

    private Batch batch(int rows, Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (InputSpec spec : specs(new Graph(original))) {
            long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
            shape[0] = rows;
            int size = 1;
            for (long extent : shape) {
                size = Math.toIntExact(size * extent);
            }
            ByteBuffer data =
                    ByteBuffer.allocateDirect(size * spec.type().bytes()).order(ByteOrder.nativeOrder());
            for (int i = 0; i < size; i++) {
                switch (spec.type()) {
                    case FLOAT32 -> data.putFloat((float) random.nextGaussian());
                    case INT64 -> data.putLong(random.nextInt(INTEGERS));
                    case INT32 -> data.putInt(random.nextInt(INTEGERS));
                    default -> data.put((byte) random.nextInt(2));
                }
            }
            tensors.put(spec.name(), Tensor.of(spec.type(), data.flip(), shape));
        }
        return Batch.of(tensors);
    }

    private static Map<String, float[]> run(ModelProto model, Batch batch, Set<String> outputs) {
        try (NativeSession session = NativeSession.open(
                        model, Purpose.PROBING, SessionSettings.onProcessor(1), SharedWeights.none());
                Feed feed = Feed.of(batch);
                OrtSession.Result result = session.run(feed.tensors(), outputs)) {
            Map<String, float[]> values = new LinkedHashMap<>();
            outputs.forEach(output -> values.put(output, NativeTensors.floats(result, output)));
            return values;
        }
    }
}
