package io.tta4j.stream.cli;

import io.tta4j.audit.AuditException;
import io.tta4j.engine.MissingEngineException;
import io.tta4j.model.ModelException;
import io.tta4j.stream.data.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * What a command ends with when it cannot do its work.
 *
 * @param exitCode {@link #INTERNAL} or {@link #BAD_INPUT}
 * @param message what went wrong
 */
record Failure(int exitCode, String message) {

    static final int INTERNAL = 1;
    static final int BAD_INPUT = 2;

    /**
     * What an exception means to the user: bad arguments, models, data and files are theirs, and so are libraries that
     * are missing; all else is ours.
     */
    static Failure of(Throwable thrown) {
        if (thrown instanceof UncheckedIOException e && e.getCause() != null) {
            return of(e.getCause());
        }
        if (thrown instanceof IOException e) {
            return new Failure(BAD_INPUT, describe(e));
        }
        if (thrown instanceof IllegalArgumentException
                || thrown instanceof ModelException
                || thrown instanceof MissingEngineException
                || thrown instanceof DataException
                || thrown instanceof AuditException) {
            return new Failure(BAD_INPUT, messageOf(thrown));
        }
        String message =
                "%s: %s (--debug shows where)".formatted(thrown.getClass().getSimpleName(), messageOf(thrown));
        return new Failure(INTERNAL, message);
    }

    /** The exceptions of {@code java.nio.file} carry the file's name and leave the reason to their type. */
    private static String describe(IOException e) {
        if (e instanceof NoSuchFileException missing) {
            return "no such file or folder: " + missing.getFile();
        }
        if (e instanceof AccessDeniedException denied) {
            return "access denied: " + denied.getFile();
        }
        if (e instanceof NotDirectoryException file) {
            return "not a folder: " + file.getFile();
        }
        if (e instanceof FileSystemException other && other.getReason() != null) {
            return other.getFile() + ": " + other.getReason();
        }
        return messageOf(e);
    }

    private static String messageOf(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : message;
    }

    /** What goes to standard error: one line, whatever the message holds. */
    String line() {
        String kind = exitCode == INTERNAL ? "internal failure: " : "";
        return "tta: " + kind + message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
