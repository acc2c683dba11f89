package io.tta4j.stream.report;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that is written whole or not at all: into another file beside it, which then takes its place in one step.
 *
 * <p>A target that is neither a file nor a folder, such as {@code /dev/stdout}, is written directly.
 */
public final class OutputFile {

    private final Path target;

    private OutputFile(Path target) {
        this.target = target;
    }

    /** What writes the contents. */
    @FunctionalInterface
    public interface Contents {

        /** Writes all contents to {@code out}; need not close it. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Makes sure that a file can be written, before the work that leads to its contents. Leaves nothing behind.
     *
     * @throws FileSystemException if it cannot
     */
    public static OutputFile at(Path path) throws IOException {
        // A link stays a link: what it points to is replaced.
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        OutputFile file = new OutputFile(target);
        if (file.isSpecial()) {
            return file;
        }
        Path folder = target.getParent();
        if (folder == null || Files.isDirectory(target)) {
            throw new FileSystemException(path.toString(), null, "must be a file, but was a folder");
        }
        if (!Files.exists(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        if (Files.exists(target) && !Files.isWritable(target)) {
            throw new AccessDeniedException(path.toString());
        }
        // Permissions do not tell all (read-only mounts, quotas): try.
        Path probe = file.beside();
        try {
            Files.createFile(probe);
            Files.delete(probe);
        } catch (IOException e) {
            FileSystemException refused = new FileSystemException(
                    path.toString(), null, "must be writable, but its folder takes no new file");
            refused.initCause(e);
            throw refused;
        }
        return file;
    }

    private boolean isSpecial() {
        return Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target);
    }

    private Path beside() {
        return target.resolveSibling(".%s.%s.tmp".formatted(target.getFileName(), UUID.randomUUID()));
    }

    /** Where the file will be. */
    public Path path() {
        return target;
    }

    /**
     * Writes the file. Where that fails, what was there before is there still and nothing else.
     *
     * @throws IOException if the contents cannot be made or written
     */
    public void write(Contents contents) throws IOException {
        if (isSpecial()) {
            writeTo(target, contents, StandardOpenOption.WRITE);
            return;
        }
        Path written = beside();
        try {
            writeTo(written, contents, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(written, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private static void writeTo(Path path, Contents contents, StandardOpenOption... options) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path, options))) {
            contents.writeTo(out);
        }
    }
}
