package io.tta4j.stream.data;

/**
 * A data file that cannot be used as it is. The message names the file, what was found and what was expected.
 *
 * <p>Failures of the file system itself (a missing file, a denied access) stay {@link java.io.IOException}s.
 */
public final class DataException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
