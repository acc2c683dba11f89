package io.tta4j.stream.cli;

import io.tta4j.engine.Inspection;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.ExecutionProvider;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import io.tta4j.onnx.OnnxOptions.Activations;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The one place of the command line that knows which engine runs the models. */
final class Engine {

    private Engine() {}

    /** Loads a model file; throws as {@link #requireFile} and {@link OnnxModel#load(Path, OnnxOptions)}. */
    static AdaptableModel load(Path file, ModelOptions options) throws IOException {
        requireFile(file);
        return OnnxModel.load(file, onnx(options));
    }

    /** Loads a model from memory; throws as {@link OnnxModel#load(Path)}. */
    static AdaptableModel load(byte[] bytes, String name) {
        return OnnxModel.load(bytes, name, OnnxOptions.ofDefaults());
    }

    /** Looks at a model file, adaptable or not; throws as {@link #requireFile} and {@link OnnxModel#inspect}. */
    static Inspection inspect(Path file, ModelOptions options) throws IOException {
        requireFile(file);
        return OnnxModel.inspect(file, onnx(options));
    }

    /**
     * Looks at a model file and loads it, if it can be adapted; throws as {@link #inspect}.
     *
     * @return the model to be closed by the caller, if there is one
     */
    static Inspected open(Path file, ModelOptions options) throws IOException {
        requireFile(file);
        try {
            OnnxModel model = OnnxModel.load(file, onnx(options));
            return new Inspected(model.inspection(), Optional.of(model));
        } catch (ModelException e) {
            return new Inspected(inspect(file, options), Optional.empty());
        }
    }

    /**
     * What there is in a model file.
     *
     * @param model the model; empty where it was not asked for, or there are obstacles
     */
    record Inspected(Inspection inspection, Optional<AdaptableModel> model) implements AutoCloseable {

        @Override
        public void close() {
            model.ifPresent(AdaptableModel::close);
        }
    }

    private static OnnxOptions onnx(ModelOptions options) {
        OnnxOptions.Builder onnx = OnnxOptions.custom()
                .intraOpThreads(options.threads())
                .rowsPerPass(options.rowsPerPass())
                .activations(options.recompute() ? Activations.RECOMPUTED : Activations.KEPT)
                .provider(ExecutionProvider.parse(options.provider()));
        options.logits().ifPresent(onnx::logits);
        options.shapes().forEach(onnx::inputShape);
        return onnx.build();
    }

    /**
     * Checks that there is such a file, which costs nothing and may come before other work.
     *
     * @throws IOException if there is none, or a folder in its place
     */
    static void requireFile(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "must be a file, but was a folder");
        }
    }
}
