package io.tta4j.audit;

/** A trail that cannot be read, or from which another state is rebuilt than was recorded. */
public final class AuditException extends RuntimeException {

    /** What is wrong, and where. */
    public AuditException(String message) {
        super(message);
    }

    /** What is wrong, and where. */
    public AuditException(String message, Throwable cause) {
        super(message, cause);
    }
}
