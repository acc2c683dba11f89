package io.tta4j.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.Batch;
import io.tta4j.model.Tensor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A plain ONNX Runtime session over the original file: what there would be without tta4j. */
final class PlainSession implements AutoCloseable {

    private final OrtSession session;

    private PlainSession(OrtSession session) {
        this.session = session;
    }

    /**
     * Opens a file with ONNX Runtime's default options.
     *
     * @param spinning whether threads go on spinning for a while after a run, as they do by default
     */
    static PlainSession open(Path file, int threads, boolean spinning) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            if (!spinning) {
                options.addConfigEntry("session.force_spinning_stop", "1");
            }
            return new PlainSession(OrtEnvironment.getEnvironment().createSession(file.toString(), options));
        }
    }

    /** The first output, copied to the heap. */
    float[] run(Batch batch) throws OrtException {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (Map.Entry<String, Tensor> input : batch.inputs().entrySet()) {
                Tensor tensor = input.getValue();
                inputs.put(
                        input.getKey(),
                        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), tensor.floats(), tensor.shape()));
            }
            try (OrtSession.Result result = session.run(inputs)) {
                FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
                float[] values = new float[output.remaining()];
                output.get(values);
                return values;
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
