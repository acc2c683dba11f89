package io.tta4j.onnx.session;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import io.tta4j.model.ModelException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One ONNX Runtime session with its options. {@link #run} may be called by many threads; nobody may close a session
 * that runs, so whoever owns it counts its users.
 */
public final class NativeSession implements AutoCloseable {

    private final OrtSession session;
    private final SessionOptions options;

    private NativeSession(OrtSession session, SessionOptions options) {
        this.session = session;
        this.options = options;
    }

    /** How a session is set up. */
    public enum Purpose {
        /** The user's file as it is. */
        SERVING(OptLevel.ALL_OPT, true, true),
        /**
         * The forward pass at an adapted theta: as fast as the original, at the price of weights packed its own way.
         */
        SERVING_ADAPTED(OptLevel.ALL_OPT, false, true),
        /**
         * Traces and pullbacks, met by batches of many sizes: patterns for every size would only grow memory. They read
         * the shared weights as these lie, because packed copies of them would be each session's own.
         */
        ADAPTING(OptLevel.ALL_OPT, false, false),
        /** Every tensor as written. */
        PROBING(OptLevel.NO_OPT, false, false);

        private final OptLevel level;
        private final boolean memoryPatterns;
        private final boolean prepacking;

        Purpose(OptLevel level, boolean memoryPatterns, boolean prepacking) {
            this.level = level;
            this.memoryPatterns = memoryPatterns;
            this.prepacking = prepacking;
        }
    }

    /**
     * Opens a session over a model that is one of ours.
     *
     * @param weights the constants to share with other sessions
     */
    public static NativeSession open(
            ModelProto model, Purpose purpose, SessionSettings settings, SharedWeights weights) {
        SessionOptions options = options(purpose, settings);
        try {
            byte[] bytes = weights.addTo(options, model).toByteArray();
            SessionRecorder.record(options, bytes, purpose);
            return new NativeSession(environment().createSession(bytes, options), options);
        } catch (OrtException e) {
            options.close();
            throw new ModelException("ONNX Runtime refuses the model: " + firstLine(e), e);
        }
    }

    /** Opens a session over a user's file, byte by byte as it is. */
    public static NativeSession open(byte[] file, SessionSettings settings) {
        return open(file, Optional.empty(), settings);
    }

    /**
     * Opens a session over the bytes of a user's file.
     *
     * @param folder where the weights lie that the file does not hold; empty if it holds them all
     */
    public static NativeSession open(byte[] file, Optional<Path> folder, SessionSettings settings) {
        SessionOptions options = options(Purpose.SERVING, settings);
        try {
            if (folder.isPresent()) {
                options.addConfigEntry(
                        "session.model_external_initializers_file_folder_path",
                        folder.get().toString());
            }
            SessionRecorder.record(options, file, Purpose.SERVING);
            return new NativeSession(environment().createSession(file, options), options);
        } catch (OrtException e) {
            options.close();
            throw new ModelException("ONNX Runtime refuses the model: " + firstLine(e), e);
        }
    }

    /** Opens a session over a user's file as it is, with the weights that lie beside it. */
    public static NativeSession open(Path file, SessionSettings settings) {
        SessionOptions options = options(Purpose.SERVING, settings);
        try {
            SessionRecorder.record(options, Purpose.SERVING);
            return new NativeSession(environment().createSession(file.toString(), options), options);
        } catch (OrtException e) {
            options.close();
            throw new ModelException("ONNX Runtime refuses the model: " + firstLine(e), e);
        }
    }

    private static SessionOptions options(Purpose purpose, SessionSettings settings) {
        SessionOptions options = new SessionOptions();
        try {
            options.setOptimizationLevel(purpose.level);
            options.setMemoryPatternOptimization(purpose.memoryPatterns);
            options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            if (settings.intraOpThreads() > 0) {
                options.setIntraOpNumThreads(settings.intraOpThreads());
            }
            // Threads that spin between two nodes save wake-ups, nearly half the time of a small network. Several
            // sessions
            // take turns on the same cores, though: beyond the end of a run they would take them from the next one.
            options.addConfigEntry("session.force_spinning_stop", "1");
            options.addConfigEntry("session.disable_prepacking", purpose.prepacking ? "0" : "1");
            settings.device().addTo(options);
            return options;
        } catch (OrtException e) {
            options.close();
            throw new IllegalStateException("ONNX Runtime refuses the session options: " + firstLine(e), e);
        }
    }

    /** The element type of an output. */
    public OnnxJavaType elementType(String output) {
        try {
            NodeInfo info = session.getOutputInfo().get(output);
            if (info != null && info.getInfo() instanceof TensorInfo tensor) {
                return tensor.type;
            }
            throw new ModelException("'" + output + "' must be a tensor, but is " + info);
        } catch (OrtException e) {
            throw new ModelException("ONNX Runtime does not know the outputs of the model: " + firstLine(e), e);
        }
    }

    /**
     * Runs the session.
     *
     * @param inputs all of the session's inputs; a missing one would fail deep in a kernel
     * @param outputs which outputs to return
     * @return the outputs, owned by the caller
     */
    public OrtSession.Result run(Map<String, OnnxTensor> inputs, Set<String> outputs) {
        if (!inputs.keySet().containsAll(session.getInputNames())) {
            throw new IllegalArgumentException(
                    "inputs must be " + session.getInputNames() + ", but were " + inputs.keySet());
        }
        try {
            return session.run(inputs, outputs);
        } catch (OrtException e) {
            throw new ModelException("ONNX Runtime failed to run the model: " + firstLine(e), e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed to close a session: " + firstLine(e), e);
        } finally {
            options.close();
        }
    }

    /** The process's environment: the caller's, if it has made one with options of its own. */
    static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment();
    }

    private static String firstLine(OrtException e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(message);
    }
}
