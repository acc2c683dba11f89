package io.tta4j;

import java.util.Optional;

/**
 * Why the state before a batch stands.
 *
 * @param guard what refused the new one, such as {@code finite}
 * @param reason what was found and what was expected
 * @param cause what was thrown instead of making one
 */
record Fault(String guard, String reason, Optional<RuntimeException> cause) {

    /** In the place of a guard's name: the method threw something. */
    static final String FAILED = "failed";

    static Fault notFinite(String what) {
        return new Fault("finite", what + " must be finite, but was not", Optional.empty());
    }

    /** An error of the method's is no more the request's than an exception is. */
    static Fault failed(Throwable cause) {
        RuntimeException told = cause instanceof RuntimeException exception
                ? exception
                : new IllegalStateException("an adaptation failed: " + cause, cause);
        return new Fault(FAILED, String.valueOf(told.getMessage()), Optional.of(told));
    }
}
