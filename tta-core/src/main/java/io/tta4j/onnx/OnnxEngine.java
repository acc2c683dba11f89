package io.tta4j.onnx;

import io.tta4j.engine.Engine;
import io.tta4j.engine.InspectableModel;
import io.tta4j.engine.Inspection;
import io.tta4j.engine.LoadOptions;
import io.tta4j.onnx.OnnxOptions.Activations;
import java.nio.file.Path;

/** ONNX files on ONNX Runtime: {@link OnnxModel} for those who choose an engine at run time. */
public final class OnnxEngine implements Engine {

    /** The key of {@code ir_version}, a varint, which exporters write first. */
    private static final byte IR_VERSION = 1 << 3;

    /** The key of {@code producer_name}, a string, which comes first where a writer left the version out. */
    private static final byte PRODUCER_NAME = 2 << 3 | 2;

    /** For {@link java.util.ServiceLoader}. */
    public OnnxEngine() {}

    @Override
    public String name() {
        return "onnx";
    }

    @Override
    public String format() {
        return "an ONNX file";
    }

    /** Protocol buffers have no magic number; the first key is as good as one. */
    @Override
    public boolean recognises(byte[] head) {
        return head.length > 0 && (head[0] == IR_VERSION || head[0] == PRODUCER_NAME);
    }

    @Override
    public InspectableModel load(Path file, LoadOptions options) {
        EngineLibraries.require();
        return OnnxModel.load(file, onnx(options));
    }

    @Override
    public Inspection inspect(Path file, LoadOptions options) {
        EngineLibraries.require();
        return OnnxModel.inspect(file, onnx(options));
    }

    private static OnnxOptions onnx(LoadOptions options) {
        OnnxOptions.Builder onnx = OnnxOptions.custom()
                .intraOpThreads(options.threads())
                .rowsPerPass(options.rowsPerPass())
                .activations(options.recompute() ? Activations.RECOMPUTED : Activations.KEPT)
                .provider(ExecutionProvider.parse(options.device()))
                .features(options.features());
        options.logits().ifPresent(onnx::logits);
        options.inputShapes()
                .forEach((input, extents) -> onnx.inputShape(
                        input, extents.stream().mapToLong(Long::longValue).toArray()));
        return onnx.build();
    }
}
