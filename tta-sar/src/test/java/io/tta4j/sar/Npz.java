package io.tta4j.sar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipFile;

/** Just enough of NumPy's formats to read the reference traces: little-endian arrays in C order. */
final class Npz {

    /** The elements of one array, row-major. */
    record Array(String type, ByteBuffer data) {

        float[] floats() {
            require("<f4");
            float[] values = new float[data.remaining() / Float.BYTES];
            data.asFloatBuffer().get(values);
            return values;
        }

        double[] doubles() {
            require("<f8");
            double[] values = new double[data.remaining() / Double.BYTES];
            data.asDoubleBuffer().get(values);
            return values;
        }

        long[] longs() {
            require("<i8");
            long[] values = new long[data.remaining() / Long.BYTES];
            data.asLongBuffer().get(values);
            return values;
        }

        /** Unsigned bytes, 0 to 255. */
        int[] bytes() {
            require("|u1");
            return IntStream.range(0, data.remaining())
                    .map(i -> Byte.toUnsignedInt(data.get(data.position() + i)))
                    .toArray();
        }

        private void require(String expected) {
            if (!type.equals(expected)) {
                throw new IllegalArgumentException("an array must be " + expected + ", but was " + type);
            }
        }
    }

    private static final Pattern HEADER =
            Pattern.compile("'descr': '([^']*)', 'fortran_order': False, 'shape': \\([^)]*\\)");

    private Npz() {}

    /** The arrays of an .npz file by name. */
    static Map<String, Array> read(Path file) {
        Map<String, Array> arrays = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (var entry : zip.stream().toList()) {
                try (var stream = zip.getInputStream(entry)) {
                    String name = entry.getName();
                    arrays.put(name.substring(0, name.length() - ".npy".length()), array(stream.readAllBytes()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return arrays;
    }

    /** The array of an .npy file. */
    static Array readArray(Path file) {
        try {
            return array(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Array array(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int version = buffer.get(6);
        int start = version == 1 ? 10 : 12;
        int length = version == 1 ? buffer.getShort(8) : buffer.getInt(8);
        String header = new String(bytes, start, length, StandardCharsets.UTF_8);
        Matcher matcher = HEADER.matcher(header);
        if (!matcher.find()) {
            throw new IllegalArgumentException("cannot read an array with header " + header);
        }
        return new Array(
                matcher.group(1), buffer.position(start + length).slice().order(ByteOrder.LITTLE_ENDIAN));
    }
}
