package io.tta4j.stream.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** Images of one shape, as unsigned bytes in HWC order, read one at a time. */
public interface Images extends Closeable {

    /**
     * Opens a folder's {@code images.npy}, uint8 [N, H, W, channels], with or without labels beside it.
     *
     * @throws IOException if there is no such file or it cannot be read
     * @throws DataException if the file is not what it must be
     */
    static Images open(Path folder) throws IOException {
        Labels.requireFolder(folder);
        return NpyImages.open("images", folder.resolve("images.npy"));
    }

    /** The corruption that the images are under, such as {@code fog}. */
    String name();

    /** The corruption and its severity, which is {@value Domain#MOST_SEVERE} where it is not known. */
    default Domain domain() {
        return Domain.of(name());
    }

    /** N, the number of images. */
    int count();

    /** The shape that all images have. */
    ImageShape shape();

    /**
     * Reads one image.
     *
     * @param index 0..N-1
     * @param target filled from its start with {@code shape().values()} bytes
     */
    void read(int index, byte[] target) throws IOException;

    @Override
    default void close() throws IOException {}
}
