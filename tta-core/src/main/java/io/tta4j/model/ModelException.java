package io.tta4j.model;

/**
 * A model file that cannot be read, served or adapted. The message names the file or node, what was found, what was
 * expected and what to do about it.
 */
public final class ModelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
