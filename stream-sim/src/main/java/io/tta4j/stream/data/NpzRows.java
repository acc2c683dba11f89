package io.tta4j.stream.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Samples that are a row of each of several arrays of an {@code .npz} file. */
final class NpzRows implements Samples {

    private final String name;
    private final List<NpyFile> arrays;
    private final RowFormat format;

    private NpzRows(String name, List<NpyFile> arrays, RowFormat format) {
        this.name = name;
        this.arrays = arrays;
        this.format = format;
    }

    /** Opens some of the arrays of a file. */
    static NpzRows open(String name, NpzFile file, List<String> columns) throws IOException {
        List<NpyFile> arrays = new ArrayList<>();
        try {
            List<RowFormat.Column> formats = new ArrayList<>();
            for (String column : columns) {
                NpyFile array = file.extract(column);
                arrays.add(array);
                formats.add(column(column, array, arrays.get(0)));
            }
            return new NpzRows(name, arrays, new RowFormat(formats));
        } catch (IOException | RuntimeException e) {
            close(arrays);
            throw e;
        }
    }

    private static RowFormat.Column column(String name, NpyFile array, NpyFile first) {
        List<Integer> shape = array.shape();
        if (shape.isEmpty()
                || shape.contains(0)
                || !shape.get(0).equals(first.shape().get(0))) {
            throw new DataException("%s must have a row for each of the samples of %s %s, but was %s"
                    .formatted(array.name(), first.name(), first.shape(), shape));
        }
        return new RowFormat.Column(name, array.type(), shape.subList(1, shape.size()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int count() {
        return arrays.get(0).shape().get(0);
    }

    @Override
    public SampleFormat format() {
        return format;
    }

    @Override
    public void read(int index, byte[] target) throws IOException {
        int offset = 0;
        for (int i = 0; i < arrays.size(); i++) {
            RowFormat.Column column = format.columns().get(i);
            arrays.get(i).read((long) index * column.values(), ByteBuffer.wrap(target, offset, column.bytes()));
            offset += column.bytes();
        }
    }

    @Override
    public void close() throws IOException {
        close(arrays);
    }

    private static void close(List<NpyFile> arrays) throws IOException {
        for (NpyFile array : arrays) {
            array.close();
        }
    }
}
