package io.tta4j.onnx.session;

import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.session.NativeSession.Purpose;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Picks rows of a model's inputs, from native memory to native memory. */
public final class RowGather implements AutoCloseable {

    private static final String ROWS = GraphBuilder.PREFIX + "rows";
    private static final long OPSET = 17;
    private static final long IR_VERSION = 8;

    private final NativeSession session;
    private final Map<String, String> outputByInput = new LinkedHashMap<>();

    /** A session with the given inputs. */
    public RowGather(List<ValueInfoProto> inputs, int intraOpThreads) {
        GraphBuilder builder = new GraphBuilder();
        builder.input(ROWS, TensorProto.DataType.INT64, 1);
        for (ValueInfoProto input : inputs) {
            builder.input(input);
            String gathered = builder.emit("Gather", List.of(input.getName(), ROWS), GraphBuilder.attribute("axis", 0));
            builder.output(gathered);
            outputByInput.put(input.getName(), gathered);
        }
        session = NativeSession.open(
                builder.build(
                        IR_VERSION,
                        List.of(OperatorSetIdProto.newBuilder()
                                .setVersion(OPSET)
                                .build())),
                Purpose.ADAPTING,
                intraOpThreads,
                SharedWeights.none());
    }

    /** A feed of the given rows, to be closed by the caller; the feed that it was taken from may be closed before. */
    public Feed gather(Feed feed, int... rows) {
        long[] indices = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            indices[i] = rows[i];
        }
        try (OnnxTensor index = OnnxTensor.createTensor(
                NativeSession.environment(), LongBuffer.wrap(indices), new long[] {rows.length})) {
            Map<String, OnnxTensor> inputs = feed.tensors();
            inputs.put(ROWS, index);
            return Feed.of(session.run(inputs, new LinkedHashSet<>(outputByInput.values())), outputByInput);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime refuses an index of " + rows.length + " rows", e);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
