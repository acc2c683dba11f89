package io.tta4j.snapshot;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that cannot be used: it is damaged, of another model or method, or of a newer format. The message says
 * which, and what to do. Where the disk is the trouble, a plain {@link IOException} is thrown instead.
 */
public final class SnapshotException extends IOException {

    private static final long serialVersionUID = 1;

    SnapshotException(String message) {
        this(message, null);
    }

    SnapshotException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
