package io.tta4j.engine;

/** A library that an engine needs is not there. The message names the coordinates to add. */
public final class MissingEngineException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public MissingEngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
