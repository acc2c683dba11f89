package io.tta4j.examples.server;

/**
 * A request that is not answered, with the status and the text that the client gets. Has no stack trace: it is no
 * failure.
 */
final class Refusal extends RuntimeException {

    static final int MALFORMED = 400;
    static final int UNKNOWN = 404;
    static final int WRONG_METHOD = 405;
    static final int TOO_SLOW = 408;
    static final int TOO_LARGE = 413;
    static final int WRONG_CONTENT = 415;
    static final int UNANSWERABLE = 422;
    static final int OVERLOADED = 503;

    private final int status;

    private Refusal(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    // The annotation would be a library of its own.
    @SuppressWarnings("AnnotateFormatMethod")
    static Refusal of(int status, String message, Object... arguments) {
        return new Refusal(status, message.formatted(arguments));
    }

    @SuppressWarnings("AnnotateFormatMethod")
    static Refusal malformed(String message, Object... arguments) {
        return of(MALFORMED, message, arguments);
    }

    int status() {
        return status;
    }

    /** The refusal's text. */
    String text() {
        return String.valueOf(getMessage());
    }
}
