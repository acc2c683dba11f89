package io.tta4j.stream.cli;

import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Data for {@link TinyOnnx}: noise of 2 x 2 pixels and one of three classes for each image, by chance. */
final class TinySet {

    private static final int CLASSES = 3;

    private TinySet() {}

    /**
     * Writes images as {@code <name>.npy} and their labels into a new folder or one that is there.
     *
     * @return the labels
     */
    static byte[] write(Path folder, Random random, int images, String... names) throws IOException {
        for (String name : names) {
            writeImages(folder.resolve(name + ".npy"), random, images);
        }
        byte[] labels = new byte[images];
        for (int i = 0; i < images; i++) {
            labels[i] = (byte) random.nextInt(CLASSES);
        }
        NpyFile.write(folder.resolve("labels.npy"), NpyArray.of(labels, images));
        return labels;
    }

    /** Writes images, and the folder that they lie in. */
    static void writeImages(Path file, Random random, int images) throws IOException {
        byte[] pixels = new byte[images * 12];
        random.nextBytes(pixels);
        Files.createDirectories(file.getParent());
        NpyFile.write(file, NpyArray.of(pixels, images, 2, 2, 3));
    }
}
