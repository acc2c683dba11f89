package io.tta4j.stream.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A folder of images and their classes: {@code images.npy}, uint8 [N, H, W, channels], and {@code labels.npy}, uint8,
 * int32 or int64 [N]. Closing it closes the images.
 */
public final class LabelledImages implements Closeable {

    private final Images images;
    private final int[] labels;

    private LabelledImages(Images images, int[] labels) {
        this.images = images;
        this.labels = labels;
    }

    /** Images that are open already, with the class of each. */
    public static LabelledImages of(Images images, int[] labels) {
        return new LabelledImages(images, labels.clone());
    }

    /**
     * Opens a folder.
     *
     * @throws IOException if the folder or one of its two files is missing or cannot be read
     * @throws DataException if a file is not what it must be, or there are not as many labels as images
     */
    public static LabelledImages open(Path folder) throws IOException {
        Labels.requireFolder(folder);
        int[] labels = Labels.read(folder.resolve("labels.npy"));
        Path file = folder.resolve("images.npy");
        Images images = NpyImages.open("images", file);
        try {
            Labels.requireOneEach(images, file, labels);
        } catch (DataException e) {
            images.close();
            throw e;
        }
        return new LabelledImages(images, labels);
    }

    /** The images. */
    public Images images() {
        return images;
    }

    /** The class of each image. */
    public int[] labels() {
        return labels.clone();
    }

    @Override
    public void close() throws IOException {
        images.close();
    }
}
