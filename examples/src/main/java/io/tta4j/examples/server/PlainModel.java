package io.tta4j.examples.server;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.micrometer.core.instrument.MeterRegistry;
import io.tta4j.health.Health;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Tensor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A bare ONNX Runtime session, without tta4j: what there would be otherwise, for comparison. */
final class PlainModel implements ServedModel {

    private final OrtSession session;
    private final List<InputSpec> inputs;
    private final OutputSpec output;

    private PlainModel(OrtSession session) throws OrtException {
        this.session = session;
        this.inputs =
                session.getInputInfo().values().stream().map(PlainModel::spec).toList();
        NodeInfo logits = session.getOutputInfo().size() == 1
                ? session.getOutputInfo().values().iterator().next()
                : session.getOutputInfo().get("logits");
        if (logits == null
                || !(logits.getInfo() instanceof TensorInfo info)
                || info.type != OnnxJavaType.FLOAT
                || info.getShape().length != 2) {
            throw new ModelException(
                    "the model must have one output, or one called 'logits', of float32 [N, C], but had "
                            + session.getOutputInfo());
        }
        this.output = new OutputSpec(logits.getName(), info.getShape()[1]);
    }

    /**
     * Opens a file.
     *
     * @param threads of an operator; 0 for one per core
     * @param spinning whether threads spin for a while after a run, as ONNX Runtime's do by default
     * @throws ModelException if it is no classifier that ONNX Runtime runs
     */
    static PlainModel open(Path file, int threads, boolean spinning) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            if (!spinning) {
                options.addConfigEntry("session.intra_op.allow_spinning", "0");
            }
            return new PlainModel(OrtEnvironment.getEnvironment().createSession(file.toString(), options));
        } catch (OrtException e) {
            throw new ModelException(
                    "ONNX Runtime must be able to open '%s', but: %s".formatted(file.getFileName(), e.getMessage()));
        }
    }

    private static InputSpec spec(NodeInfo node) {
        if (!(node.getInfo() instanceof TensorInfo info)) {
            throw new ModelException("inputs must be tensors, but '%s' was not".formatted(node.getName()));
        }
        List<Long> shape = Arrays.stream(info.getShape()).boxed().toList();
        return new InputSpec(node.getName(), type(node.getName(), info.type), shape);
    }

    private static ElementType type(String name, OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> ElementType.FLOAT32;
            case FLOAT16 -> ElementType.FLOAT16;
            case INT64 -> ElementType.INT64;
            case INT32 -> ElementType.INT32;
            case UINT8 -> ElementType.UINT8;
            case BOOL -> ElementType.BOOL;
            default ->
                throw new ModelException("inputs must be float32, float16, int64, int32, uint8 or bool, but '%s' was %s"
                        .formatted(name, type));
        };
    }

    @Override
    public String platform() {
        return "onnxruntime_onnx";
    }

    @Override
    public List<InputSpec> inputs() {
        return inputs;
    }

    @Override
    public List<OutputSpec> outputs() {
        return List.of(output);
    }

    @Override
    public TtaMode defaultMode() {
        return TtaMode.OFF;
    }

    @Override
    public Inference infer(Batch batch, Adapting adapting) {
        if (adapting.mode() != TtaMode.OFF) {
            throw Refusal.malformed(
                    "parameter 'tta' must be off, as this server serves the plain model, but was '%s'",
                    adapting.mode().text());
        }
        Map<String, OnnxTensor> feeds = new HashMap<>();
        try {
            for (InputSpec spec : inputs) {
                Tensor tensor = Objects.requireNonNull(batch.inputs().get(spec.name()));
                feeds.put(spec.name(), tensor(tensor));
            }
            try (OrtSession.Result result = session.run(feeds, Set.of(output.name()))) {
                return new Inference(List.of(matrix(result.get(0))), Optional.empty());
            }
        } catch (OrtException e) {
            throw new ModelException(String.valueOf(e.getMessage()));
        } finally {
            feeds.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor tensor(Tensor tensor) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OnnxJavaType type = switch (tensor.type()) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case INT64 -> OnnxJavaType.INT64;
            case INT32 -> OnnxJavaType.INT32;
            case UINT8 -> OnnxJavaType.UINT8;
            case BOOL -> OnnxJavaType.BOOL;
        };
        return OnnxTensor.createTensor(environment, tensor.data(), tensor.shape(), type);
    }

    private static Matrix matrix(OnnxValue value) {
        OnnxTensor tensor = (OnnxTensor) value;
        long[] shape = tensor.getInfo().getShape();
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return Matrix.of((int) shape[0], (int) shape[1], values);
    }

    @Override
    public Health health() {
        return new Health(Health.Status.UP, List.of());
    }

    @Override
    public Optional<String> unready() {
        return Optional.empty();
    }

    @Override
    public void bindTo(MeterRegistry registry) {}

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new ModelException(String.valueOf(e.getMessage()));
        }
    }
}
