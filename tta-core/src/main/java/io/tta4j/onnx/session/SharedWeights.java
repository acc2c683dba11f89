package io.tta4j.onnx.session;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.tta4j.onnx.graph.FileValues;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The large float weights of a model, in native memory once, shared by the sessions over it. Must outlive them.
 *
 * <p>A session reads them where they are as long as it changes nothing about them: one that packs weights, or has a
 * transposed or reordered form of them computed, keeps that form for itself.
 */
public final class SharedWeights implements AutoCloseable {

    private final Map<String, OnnxTensor> tensors = new HashMap<>();
    private final List<ByteBuffer> memory = new ArrayList<>();

    /** No weights: every session has its own. */
    public static SharedWeights none() {
        return new SharedWeights();
    }

    private SharedWeights() {}

    /** Copies the large float32 constants of a graph to native memory. */
    public static SharedWeights of(Graph graph) {
        SharedWeights weights = new SharedWeights();
        try {
            graph.initializers().forEach((name, tensor) -> {
                if (Tensors.isFloat(tensor) && Tensors.elements(tensor) * Float.BYTES >= FileValues.SMALLEST) {
                    weights.copy(tensor);
                }
            });
            return weights;
        } catch (RuntimeException | Error e) {
            weights.close();
            throw e;
        }
    }

    private void copy(TensorProto tensor) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Tensors.elements(tensor) * Float.BYTES)
                .order(ByteOrder.nativeOrder());
        memory.add(buffer);
        if (FileValues.holds(tensor)) {
            FileValues.read(tensor, buffer);
        } else if (tensor.hasRawData()) {
            tensor.getRawData().copyTo(buffer);
        } else {
            buffer.asFloatBuffer().put(Tensors.floats(tensor));
        }
        try {
            tensors.put(
                    tensor.getName(),
                    OnnxTensor.createTensor(
                            NativeSession.environment(), buffer.rewind().asFloatBuffer(), Tensors.shape(tensor)));
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime refuses weights '" + tensor.getName() + "'", e);
        }
    }

    /**
     * Hands the weights of a model to a session to be.
     *
     * @return the model without the values of these weights
     */
    ModelProto addTo(SessionOptions options, ModelProto model) throws OrtException {
        ModelProto.Builder light = model.toBuilder();
        Map<String, OnnxTensorLike> used = new HashMap<>();
        for (int i = 0; i < model.getGraph().getInitializerCount(); i++) {
            TensorProto initializer = model.getGraph().getInitializer(i);
            OnnxTensor shared = tensors.get(initializer.getName());
            if (shared != null) {
                light.getGraphBuilder().setInitializer(i, absent(initializer));
                used.put(initializer.getName(), shared);
                options.addInitializer(initializer.getName(), shared);
            } else if (FileValues.holds(initializer)) {
                light.getGraphBuilder().setInitializer(i, FileValues.loaded(initializer));
            }
        }
        if (!used.isEmpty()) {
            // Alone, an external initializer is copied by each session, and a shared one needs its values in the model.
            options.addExternalInitializers(used);
        }
        return light.build();
    }

    /** A constant whose values are somewhere else; where is never looked at. */
    private static TensorProto absent(TensorProto tensor) {
        return TensorProto.newBuilder()
                .setName(tensor.getName())
                .setDataType(tensor.getDataType())
                .addAllDims(tensor.getDimsList())
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("shared"))
                .build();
    }

    @Override
    public void close() {
        tensors.values().forEach(OnnxTensor::close);
        tensors.clear();
        memory.forEach(NativeMemory::free);
        memory.clear();
    }
}
