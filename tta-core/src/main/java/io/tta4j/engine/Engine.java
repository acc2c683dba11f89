package io.tta4j.engine;

import io.tta4j.model.ModelException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Runs model files of one format. Implementations are found through {@link java.util.ServiceLoader}, see
 * {@link Engines}; they are stateless, safe for use by many threads, and load no class of their libraries before they
 * are asked for a model.
 */
public interface Engine {

    /** The engine's name, such as {@code onnx}. */
    String name();

    /** The files that it runs, for messages, such as {@code an ONNX file}. */
    String format();

    /**
     * Whether a file that begins so is likely to be one of its own.
     *
     * @param head the first bytes, {@link Engines#HEAD} of them or the whole file
     */
    boolean recognises(byte[] head);

    /**
     * Loads a file.
     *
     * @return the model, to be closed by the caller
     * @throws UncheckedIOException if the file cannot be read
     * @throws ModelException if it is no classifier of this engine's format, or cannot be adapted; the message says why
     * @throws IllegalArgumentException if the options ask for what this engine does not have
     * @throws MissingEngineException if a library is missing; the message names the coordinates to add
     */
    InspectableModel load(Path file, LoadOptions options);

    /** What there is in a file, adaptable or not; throws as {@link #load}, but for obstacles that it can name. */
    Inspection inspect(Path file, LoadOptions options);
}
