package io.tta4j.stream.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes NumPy's {@code .npy} format, version 1.0, for arrays of unsigned bytes. */
final class UnsignedBytesNpy {

    /** The data starts at a multiple of this many bytes, as the format asks. */
    private static final int ALIGNMENT = 64;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

    private UnsignedBytesNpy() {}

    static void write(Path file, byte[] data, int... shape) throws IOException {
        // A Python tuple: with one element it ends in a comma.
        String sizes = Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "))
                + (shape.length == 1 ? "," : "");
        String description = "{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }".formatted(sizes);
        int prefix = MAGIC.length + 2;
        int padding = Math.floorMod(-(prefix + description.length() + 1), ALIGNMENT);
        byte[] header = (description + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        try (var out = Files.newOutputStream(file)) {
            out.write(MAGIC);
            out.write(header.length & 0xff);
            out.write(header.length >> 8);
            out.write(header);
            out.write(data);
        }
    }
}
