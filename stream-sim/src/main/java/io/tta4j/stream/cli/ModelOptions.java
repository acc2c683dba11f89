package io.tta4j.stream.cli;

import io.tta4j.engine.Engine;
import io.tta4j.engine.Engines;
import io.tta4j.engine.Features;
import io.tta4j.engine.LoadOptions;
import io.tta4j.method.ClassLearner;
import io.tta4j.method.Method;
import io.tta4j.model.ModelException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which engine runs a model, and what to say of it where its file leaves it open. */
final class ModelOptions {

    private static final String EXAMPLE =
            "must be an input and its extents behind the batch, such as tokens=128 or" + " image=3x224x224, but was ";

    @Option(
            names = "--engine",
            paramLabel = "E",
            description = "what runs the model: onnx, or djl for TorchScript (default: by what the file holds)")
    private @Nullable String engine;

    @Option(
            names = "--logits",
            paramLabel = "NAME",
            description = "ONNX: the output that holds the logits, where there are several (default: 'logits')")
    private @Nullable String logits;

    @Option(
            names = "--shape",
            paramLabel = "INPUT=AxB,...",
            split = ",",
            hideParamSyntax = true,
            description = "the extents of an input behind the batch, where the file leaves them open")
    private List<String> shapes = List.of();

    @Option(names = "--threads", paramLabel = "N", description = "threads of an operator (default: 0, one per core)")
    private int threads;

    @Option(
            names = "--rows-per-pass",
            paramLabel = "N",
            description = "ONNX: samples in an adapting run at most, to bound memory (default: 0, the whole batch)")
    private int rowsPerPass;

    @Option(names = "--recompute", description = "run forward again for gradients, instead of keeping activations")
    private boolean recompute;

    @Option(
            names = "--features",
            paramLabel = "F",
            description =
                    "what passes hand out beside the logits: none (default), auto for what the classifier is fed, or"
                            + " a tensor's name")
    private String features = Features.NONE;

    @Option(
            names = "--provider",
            paramLabel = "P",
            description =
                    "where the model runs: cpu (default), cuda[:N]; ONNX also tensorrt[:N], directml[:N] or coreml")
    private String provider = "cpu";

    /**
     * The engine for a model file: the one that was named, or else by what the file holds.
     *
     * @throws IOException if there is no such file, or a folder in its place
     * @throws IllegalArgumentException if there is no engine of that name
     * @throws ModelException if no engine recognises the file
     */
    Engine engine(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "must be a file, but was a folder");
        }
        return engine == null ? Engines.of(file) : Engines.named(engine);
    }

    /**
     * How the engine is to load it.
     *
     * @throws IllegalArgumentException if an option is none
     */
    LoadOptions load() {
        return load(features);
    }

    /** How the engine is to load it for some methods: with features where one of them learns classes. */
    LoadOptions load(List<Method> methods) {
        return methods.stream().anyMatch(ClassLearner.class::isInstance) ? loadWithFeatures() : load();
    }

    /** How the engine is to load it where features are needed: those that were named, or what the classifier is fed. */
    LoadOptions loadWithFeatures() {
        return load(features.equals(Features.NONE) ? Features.AUTO : features);
    }

    private LoadOptions load(String handedOut) {
        return new LoadOptions(
                provider, threads, inputShapes(), Optional.ofNullable(logits), recompute, rowsPerPass, handedOut);
    }

    /** The extents behind the batch, by input. */
    private Map<String, List<Long>> inputShapes() {
        Map<String, List<Long>> byInput = new LinkedHashMap<>();
        for (String shape : shapes) {
            int equals = shape.lastIndexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("--shape " + EXAMPLE + "'" + shape + "'");
            }
            byInput.put(shape.substring(0, equals), extents(shape, shape.substring(equals + 1)));
        }
        return byInput;
    }

    private static List<Long> extents(String shape, String text) {
        try {
            List<Long> extents =
                    Arrays.stream(text.split("x", -1)).map(Long::valueOf).toList();
            if (extents.stream().allMatch(extent -> extent > 0)) {
                return extents;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--shape " + EXAMPLE + "'" + shape + "'", e);
        }
        throw new IllegalArgumentException("--shape " + EXAMPLE + "'" + shape + "'");
    }
}
