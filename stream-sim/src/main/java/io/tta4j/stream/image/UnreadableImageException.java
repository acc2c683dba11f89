package io.tta4j.stream.image;

import java.io.IOException;

/** Bytes that are no image, or a damaged one. The message says what is wrong, without the file's name. */
public final class UnreadableImageException extends IOException {

    private static final long serialVersionUID = 1L;

    UnreadableImageException(String message) {
        super(message);
    }

    UnreadableImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
