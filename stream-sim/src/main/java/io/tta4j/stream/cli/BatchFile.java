package io.tta4j.stream.cli;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.Tensor;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.data.ImageBatcher;
import io.tta4j.stream.data.ImageShape;
import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import io.tta4j.stream.data.NpyType;
import io.tta4j.stream.data.NpzFile;
import io.tta4j.stream.data.Preprocessing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A batch from a file: an {@code .npz} of inputs by name, a float32 {@code .npy}, or uint8 images. */
final class BatchFile {

    private BatchFile() {}

    /**
     * Reads a batch.
     *
     * @param preprocessing what uint8 images go through; all else is fed as it is
     * @throws IOException if the file is missing or cannot be read
     * @throws DataException if it is not what it must be, or holds a value that is not finite
     * @throws IllegalArgumentException if it does not fit the model
     */
    static Batch read(Path file, AdaptableModel model, Preprocessing preprocessing) throws IOException {
        if (file.getFileName().toString().endsWith(".npz")) {
            return named(file);
        }
        NpyArray array = NpyFile.read(file);
        if (array.type() == NpyType.UINT8) {
            return images(array, model, preprocessing);
        }
        array.requireType(NpyType.FLOAT32);
        if (model.inputs().size() != 1) {
            throw new IllegalArgumentException(
                    "a model of several inputs must be fed an .npz with an array for each of " + model.inputs()
                            + ", but was fed " + array);
        }
        return Batch.of(model.inputs().get(0).name(), tensor(array));
    }

    private static Batch named(Path file) throws IOException {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        try (NpzFile arrays = NpzFile.open(file)) {
            for (String name : arrays.names()) {
                inputs.put(name, tensor(arrays.array(name)));
            }
        }
        return Batch.of(inputs);
    }

    private static Batch images(NpyArray array, AdaptableModel model, Preprocessing preprocessing) {
        List<Integer> extents = array.shape();
        if (extents.size() != 4 || extents.contains(0)) {
            throw new DataException(
                    "%s must be [images, height, width, channels], but was %s".formatted(array.name(), extents));
        }
        ImageShape shape = new ImageShape(extents.get(1), extents.get(2), extents.get(3));
        ImageBatcher batcher = ImageBatcher.of(model, shape, preprocessing, extents.get(0));
        ByteBuffer pixels = array.bytes();
        byte[] image = new byte[shape.values()];
        batcher.begin();
        while (pixels.hasRemaining()) {
            pixels.get(image);
            batcher.add(image);
        }
        return batcher.batch();
    }

    private static Tensor tensor(NpyArray array) {
        ElementType type = switch (array.type()) {
            case UINT8 -> ElementType.UINT8;
            case INT32 -> ElementType.INT32;
            case INT64 -> ElementType.INT64;
            case FLOAT32 -> ElementType.FLOAT32;
            case FLOAT64 -> throw new DataException(array.name() + " must be float32 or of integers, but was float64");
        };
        if (type == ElementType.FLOAT32) {
            requireFinite(array);
        }
        long[] shape = array.shape().stream().mapToLong(Integer::longValue).toArray();
        ByteBuffer data = ByteBuffer.allocateDirect(array.bytes().remaining()).order(ByteOrder.nativeOrder());
        return Tensor.of(type, data.put(array.bytes()).flip(), shape);
    }

    private static void requireFinite(NpyArray array) {
        float[] values = array.floats();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new DataException(
                        "%s must hold finite values, but held %s at element %d".formatted(array.name(), values[i], i));
            }
        }
    }
}
