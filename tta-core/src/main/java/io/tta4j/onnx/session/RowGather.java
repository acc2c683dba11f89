package io.tta4j.onnx.session;

import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.tta4j.onnx.graph.BatchAxis;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.session.NativeSession.Purpose;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Picks samples out of tensors, from native memory to native memory. */
public final class RowGather implements AutoCloseable {

    private static final String ROWS = GraphBuilder.PREFIX + "rows";
    private static final long OPSET = 17;
    private static final long IR_VERSION = 8;

    private final NativeSession session;
    private final Map<String, String> outputByInput = new LinkedHashMap<>();

    /**
     * A tensor to pick from.
     *
     * @param samples where it carries the samples
     */
    public record Source(String name, DataType type, int rank, BatchAxis samples) {}

    /** A session over the given tensors; at least one. */
    public RowGather(List<Source> sources, int intraOpThreads) {
        GraphBuilder builder = new GraphBuilder();
        builder.input(ROWS, DataType.INT64, 1);
        for (Source source : sources) {
            builder.input(source.name(), source.type(), source.rank());
            String gathered = builder.emit(
                    "Gather",
                    List.of(source.name(), indices(builder, source)),
                    GraphBuilder.attribute("axis", source.samples().axis()));
            builder.output(gathered);
            outputByInput.put(source.name(), gathered);
        }
        session = NativeSession.open(
                builder.build(
                        IR_VERSION,
                        List.of(OperatorSetIdProto.newBuilder()
                                .setVersion(OPSET)
                                .build())),
                Purpose.ADAPTING,
                SessionSettings.onProcessor(intraOpThreads),
                SharedWeights.none());
    }

    /** The entries of the batch axis that belong to the rows: one each, or blocks of {@code repeats}. */
    private static String indices(GraphBuilder builder, Source source) {
        long repeats = source.samples().repeats();
        if (repeats == 1) {
            return ROWS;
        }
        String entries = builder.longs(LongStream.range(0, repeats).toArray());
        String indices;
        if (source.samples().samplesOuter()) {
            String starts = builder.multiply(builder.reshape(ROWS, -1, 1), builder.longs(repeats));
            indices = builder.add(starts, entries);
        } else {
            long axis = source.samples().axis();
            String extent =
                    builder.emit("Gather", List.of(builder.emit("Shape", List.of(source.name())), builder.longs(axis)));
            String batch = builder.divide(extent, builder.longs(repeats));
            indices = builder.add(builder.multiply(builder.reshape(entries, -1, 1), batch), ROWS);
        }
        return builder.reshape(indices, -1);
    }

    /**
     * The given rows of each tensor under the tensor's own name, to be closed by the caller; what they were taken from
     * may be closed before.
     *
     * @param tensors at least the tensors of this session
     */
    public Feed gather(Map<String, OnnxTensor> tensors, int... rows) {
        long[] indices = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            indices[i] = rows[i];
        }
        try (OnnxTensor index = OnnxTensor.createTensor(
                NativeSession.environment(), LongBuffer.wrap(indices), new long[] {rows.length})) {
            Map<String, OnnxTensor> inputs = new HashMap<>(tensors);
            inputs.keySet().retainAll(outputByInput.keySet());
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
