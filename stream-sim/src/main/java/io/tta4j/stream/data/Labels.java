package io.tta4j.stream.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;

/** The {@code labels.npy} of a folder: uint8, int32 or int64 [N], class numbers from 0 on. */
final class Labels {

    private Labels() {}

    /** Makes sure that there is a folder to read from. */
    static void requireFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
    }

    /** Reads the labels of a file. */
    static int[] read(Path file) throws IOException {
        return of(NpyFile.read(file));
    }

    /** The labels that an array holds. */
    static int[] of(NpyArray array) {
        if (array.shape().size() != 1) {
            throw new DataException("%s must have shape [images], but had %s".formatted(array.name(), array.shape()));
        }
        long[] labels = array.integers();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] > Integer.MAX_VALUE) {
                throw new DataException("%s must hold class numbers from 0 on, but held %d at row %d"
                        .formatted(array.name(), labels[i], i));
            }
        }
        return Arrays.stream(labels).mapToInt(Math::toIntExact).toArray();
    }

    /** Makes sure that there are as many labels as images. */
    static void requireOneEach(Images images, Path file, int[] labels) {
        requireOneEach(images, file, labels, 1);
    }

    /** Makes sure that there are so many images for each label. */
    static void requireOneEach(Images images, Path file, int[] labels, int severities) {
        if (images.count() != severities * labels.length) {
            throw new DataException("labels.npy must have a label for each of the %d images of %s, but had %d"
                    .formatted(images.count() / severities, file.getFileName(), labels.length));
        }
    }
}
