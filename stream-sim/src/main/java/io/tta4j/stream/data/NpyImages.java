package io.tta4j.stream.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The images of a uint8 {@code .npy} file of shape [N, H, W, channels]. */
final class NpyImages implements Images {

    private final String name;
    private final NpyFile file;
    private final ImageShape shape;

    private NpyImages(String name, NpyFile file, ImageShape shape) {
        this.name = name;
        this.file = file;
        this.shape = shape;
    }

    static NpyImages open(String name, Path path) throws IOException {
        return of(name, NpyFile.open(path));
    }

    /** The images of a file that is open; closed if it holds none. */
    static NpyImages of(String name, NpyFile file) throws IOException {
        List<Integer> extents = file.shape();
        if (file.type() != NpyType.UINT8 || extents.size() != 4 || extents.contains(0)) {
            file.close();
            throw new DataException("%s must be uint8 [images, height, width, channels], but was %s %s"
                    .formatted(file.name(), file.type(), extents));
        }
        return new NpyImages(name, file, new ImageShape(extents.get(1), extents.get(2), extents.get(3)));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int count() {
        return file.shape().get(0);
    }

    @Override
    public ImageShape shape() {
        return shape;
    }

    @Override
    public void read(int index, byte[] target) throws IOException {
        int values = shape.values();
        file.read((long) index * values, ByteBuffer.wrap(target, 0, values));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
