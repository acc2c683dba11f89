package io.tta4j.onnx.session;

import ai.onnxruntime.OnnxTensor;
import io.tta4j.model.Batch;
import java.util.HashMap;
import java.util.Map;

/** A batch as native tensors over the same memory, open until closed. */
public final class Feeds implements AutoCloseable {

    private final Map<String, OnnxTensor> tensors = new HashMap<>();

    public Feeds(Batch batch) {
        batch.inputs().forEach((name, tensor) -> tensors.put(name, NativeTensors.view(tensor)));
    }

    /** The tensors by input name; a copy that may be added to. */
    public Map<String, OnnxTensor> tensors() {
        return new HashMap<>(tensors);
    }

    @Override
    public void close() {
        tensors.values().forEach(OnnxTensor::close);
    }
}
