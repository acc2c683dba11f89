package io.tta4j.onnx.session;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/** The frozen float weights of a model, in native memory once, shared by the sessions over it. Must outlive them. */
public final class SharedWeights implements AutoCloseable {

    /** Smaller constants are not worth a handle, and ONNX Runtime wants to see shape constants itself. */
    private static final int SMALLEST_SHARED = 1024;

    private final Map<String, OnnxTensor> tensors = new HashMap<>();

    /** No weights: every session has its own. */
    public static SharedWeights none() {
        return new SharedWeights();
    }

    private SharedWeights() {}

    /** Copies the large float32 constants of a graph to native memory. */
    public static SharedWeights of(Graph graph) {
        SharedWeights weights = new SharedWeights();
        graph.initializers().forEach((name, tensor) -> {
            if (Tensors.isFloat(tensor) && Tensors.elements(tensor) >= SMALLEST_SHARED) {
                weights.tensors.put(name, copy(tensor));
            }
        });
        return weights;
    }

    private static OnnxTensor copy(TensorProto tensor) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Tensors.elements(tensor) * Float.BYTES)
                .order(ByteOrder.nativeOrder());
        buffer.asFloatBuffer().put(Tensors.floats(tensor));
        try {
            return OnnxTensor.createTensor(NativeSession.environment(), buffer.asFloatBuffer(), Tensors.shape(tensor));
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime refuses weights '" + tensor.getName() + "'", e);
        }
    }

    void addTo(SessionOptions options, ModelProto model) throws OrtException {
        for (TensorProto initializer : model.getGraph().getInitializerList()) {
            OnnxTensor shared = tensors.get(initializer.getName());
            if (shared != null) {
                options.addInitializer(initializer.getName(), shared);
            }
        }
    }

    @Override
    public void close() {
        tensors.values().forEach(OnnxTensor::close);
    }
}
