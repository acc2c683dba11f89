package io.tta4j.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads NumPy arrays: as much of the format as the reference files use. */
final class Npz {

    private static final Pattern HEADER =
            Pattern.compile("'descr': '(.)(\\w\\d+)', 'fortran_order': False, 'shape': \\(.*\\)");

    private Npz() {}

    /** All arrays of float32 or float64. */
    static Map<String, double[]> read(Path file) throws IOException {
        Map<String, double[]> arrays = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                arrays.put(entry.getName().replaceFirst("\\.npy$", ""), reals(zip));
            }
        }
        return arrays;
    }

    private static double[] reals(InputStream in) throws IOException {
        String type = header(in);
        ByteBuffer data = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        int bytes = type.equals("f4") ? Float.BYTES : Double.BYTES;
        double[] values = new double[data.remaining() / bytes];
        for (int i = 0; i < values.length; i++) {
            values[i] = type.equals("f4") ? data.getFloat() : data.getDouble();
        }
        return values;
    }

    /** The first bytes of a uint8 array. */
    static byte[] bytes(Path file, int count) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String type = header(in);
            if (!type.equals("u1")) {
                throw new IOException(file + " must hold uint8, but holds " + type);
            }
            return in.readNBytes(count);
        }
    }

    /** The element type; the stream then stands at the first element. */
    private static String header(InputStream in) throws IOException {
        byte[] start = in.readNBytes(10);
        int length = (start[8] & 0xff) + 256 * (start[9] & 0xff);
        String header = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
        Matcher matcher = HEADER.matcher(header);
        if (start[6] != 1 || !matcher.find() || matcher.group(1).equals(">")) {
            throw new IOException("not a plain array: " + header);
        }
        return matcher.group(2);
    }
}
