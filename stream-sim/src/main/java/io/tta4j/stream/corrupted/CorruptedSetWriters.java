package io.tta4j.stream.corrupted;

import io.tta4j.stream.data.DataException;
import io.tta4j.stream.data.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** The writers there are, by what the clean images are. */
public final class CorruptedSetWriters {

    private CorruptedSetWriters() {}

    /**
     * Opens the clean images; writes nothing yet.
     *
     * @param in a folder with {@code images.npy} and {@code labels.npy}, or with CIFAR's binary files, or a tree of PNG
     *     and JPEG files
     * @param split which of CIFAR's files
     * @param out where the corrupted set goes; not in {@code in}
     * @param plan what is done to them
     * @param threads how many images are worked on at once
     * @throws IOException if the images cannot be read
     * @throws DataException if they are not what they must be
     */
    public static CorruptedSetWriter open(Path in, Split split, Path out, CorruptionPlan plan, int threads)
            throws IOException {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, but was " + threads);
        }
        if (!Files.exists(in)) {
            throw new NoSuchFileException(in.toString());
        }
        if (!Files.isDirectory(in)) {
            throw new NotDirectoryException(in.toString());
        }
        if (out.toAbsolutePath().normalize().startsWith(in.toAbsolutePath().normalize())) {
            throw new DataException(
                    "the corrupted set must not go into the folder of the clean images, %s, but was to go to %s"
                            .formatted(in, out));
        }
        return Files.exists(in.resolve(ArraySetWriter.IMAGES)) || holdsBinaryFiles(in)
                ? ArraySetWriter.open(in, split, out, plan, threads)
                : TreeSetWriter.open(in, out, plan, threads);
    }

    private static boolean holdsBinaryFiles(Path folder) throws IOException {
        for (Split split : Split.values()) {
            if (!split.binaryFiles(folder).isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
