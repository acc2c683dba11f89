package io.tta4j.stream.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The images of CIFAR's binary files: a record is one label (CIFAR-10) or a coarse and a fine one (CIFAR-100), then
 * 32x32 reds, greens and blues.
 */
final class CifarBinary implements Images {

    private static final ImageShape SHAPE = new ImageShape(32, 32, 3);
    private static final int PLANE = 32 * 32;

    private final String name;
    private final List<Part> parts;

    private CifarBinary(String name, List<Part> parts) {
        this.name = name;
        this.parts = parts;
    }

    static DataSet openFolder(Path folder, Split split) throws IOException {
        List<Path> files = split.binaryFiles(folder);
        if (files.isEmpty()) {
            throw new DataException("%s must hold CIFAR's binary files of the %s split, but held none"
                    .formatted(folder.getFileName(), split));
        }
        return open(split.toString(), files);
    }

    static DataSet openFile(Path file) throws IOException {
        return open(DataSets.stem(file.getFileName().toString()), List.of(file));
    }

    private static DataSet open(String name, List<Path> files) throws IOException {
        List<Part> parts = new ArrayList<>();
        CifarBinary images = new CifarBinary(name, parts);
        try {
            for (Path file : files) {
                parts.add(Part.open(file));
            }
            return new SingleSet(images, images.labels());
        } catch (IOException | RuntimeException e) {
            images.close();
            throw e;
        }
    }

    private int[] labels() throws IOException {
        int[] labels = new int[count()];
        int row = 0;
        for (Part part : parts) {
            for (int record = 0; record < part.records; record++) {
                labels[row++] = part.label(record);
            }
        }
        return labels;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int count() {
        return parts.stream().mapToInt(Part::records).sum();
    }

    @Override
    public ImageShape shape() {
        return SHAPE;
    }

    @Override
    public void read(int index, byte[] target) throws IOException {
        int record = index;
        for (Part part : parts) {
            if (record < part.records) {
                part.read(record, target);
                return;
            }
            record -= part.records;
        }
        throw new IndexOutOfBoundsException("%s has no image %d".formatted(name, index));
    }

    @Override
    public void close() throws IOException {
        for (Part part : parts) {
            part.channel.close();
        }
    }

    /**
     * One file.
     *
     * @param labelBytes in a record: 1 for CIFAR-10, 2 for CIFAR-100
     */
    private record Part(String file, FileChannel channel, int labelBytes, int records) {

        static Part open(Path path) throws IOException {
            String file = path.getFileName().toString();
            FileChannel channel = FileChannel.open(path);
            long size = channel.size();
            int labelBytes = labelBytes(file, size);
            int record = labelBytes + SHAPE.values();
            if (size == 0 || size % record != 0) {
                channel.close();
                throw new DataException(
                        "%s must be whole records of %d bytes, but had %d bytes".formatted(file, record, size));
            }
            return new Part(file, channel, labelBytes, Math.toIntExact(size / record));
        }

        /** By the file's name as it is published, or else by its length. */
        private static int labelBytes(String file, long size) {
            return switch (file) {
                case "test.bin", "train.bin" -> 2;
                case "test_batch.bin" -> 1;
                default -> size % (1 + SHAPE.values()) == 0 || file.startsWith("data_batch_") ? 1 : 2;
            };
        }

        int label(int record) throws IOException {
            ByteBuffer fine = read(record, labelBytes - 1L, 1);
            int label = Byte.toUnsignedInt(fine.get(0));
            int classes = labelBytes == 1 ? 10 : 100;
            if (label >= classes) {
                throw new DataException("%s must have labels in 0..%d, but record %d had %d"
                        .formatted(file, classes - 1, record, label));
            }
            return label;
        }

        void read(int record, byte[] target) throws IOException {
            byte[] planes = read(record, labelBytes, SHAPE.values()).array();
            for (int pixel = 0; pixel < PLANE; pixel++) {
                target[3 * pixel] = planes[pixel];
                target[3 * pixel + 1] = planes[PLANE + pixel];
                target[3 * pixel + 2] = planes[2 * PLANE + pixel];
            }
        }

        private ByteBuffer read(int record, long offset, int bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(bytes);
            long position = (long) record * (labelBytes + SHAPE.values()) + offset;
            while (buffer.hasRemaining()) {
                int read = channel.read(buffer, position + buffer.position());
                if (read < 0) {
                    throw new EOFException(file + " became shorter while it was read");
                }
            }
            return buffer;
        }
    }
}
