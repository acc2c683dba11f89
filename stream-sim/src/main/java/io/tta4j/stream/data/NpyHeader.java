package io.tta4j.stream.data;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The header of an {@code .npy} file, format versions 1.0 to 3.0.
 *
 * @param type the element type
 * @param shape the extents
 * @param length bytes from the start of the file to the first element
 */
record NpyHeader(NpyType type, List<Integer> shape, int length) {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** The data starts at a multiple of this many bytes, as the format asks. */
    private static final int ALIGNMENT = 64;

    /** Headers of plain arrays take about a hundred bytes; more than this is no header. */
    private static final int LONGEST = 1 << 20;

    private static final Pattern DESCRIPTOR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern FORTRAN_ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");

    NpyHeader {
        shape = List.copyOf(shape);
    }

    /** Bytes of all elements. */
    long dataBytes() {
        return shape.stream().mapToLong(Integer::longValue).reduce(type.bytes(), Math::multiplyExact);
    }

    /**
     * Reads a header and leaves {@code in} at the first element.
     *
     * @param name the array's name, for messages
     * @throws DataException if there is none, or it describes an array that is not read here
     */
    static NpyHeader read(String name, InputStream in) throws IOException {
        try {
            return parse(name, new DataInputStream(in));
        } catch (EOFException e) {
            throw new DataException(name + " must be an .npy file, but ended inside its header", e);
        }
    }

    private static NpyHeader parse(String name, DataInputStream in) throws IOException {
        byte[] magic = in.readNBytes(MAGIC.length);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new DataException(name + " must be an .npy file, which starts with \\x93NUMPY, but did not");
        }
        int version = in.readUnsignedByte();
        in.readUnsignedByte();
        if (version < 1 || version > 3) {
            throw new DataException(name + " must have .npy format 1.0 to 3.0, but had " + version);
        }
        long size = version == 1
                ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
                : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
        if (size > LONGEST) {
            throw new DataException(
                    "%s must have a header of at most %d bytes, but had %d".formatted(name, LONGEST, size));
        }
        byte[] text = new byte[(int) size];
        in.readFully(text);
        int length = MAGIC.length + 2 + (version == 1 ? Short.BYTES : Integer.BYTES) + text.length;
        return describe(name, new String(text, StandardCharsets.UTF_8), length);
    }

    private static NpyHeader describe(String name, String text, int length) {
        String descriptor = find(DESCRIPTOR, name, "one plain dtype", text);
        String order = find(FORTRAN_ORDER, name, "a fortran_order", text);
        String extents = find(SHAPE, name, "a shape", text);
        if (descriptor.startsWith(">")) {
            throw new DataException("%s must be little endian, but had dtype '%s'".formatted(name, descriptor));
        }
        NpyType type = NpyType.ofDescriptor(descriptor)
                .orElseThrow(() -> new DataException("%s must have a dtype of %s, but had '%s'"
                        .formatted(name, Arrays.toString(NpyType.values()), descriptor)));
        if (order.equals("True")) {
            throw new DataException(name + " must be in C order, but was in Fortran order");
        }
        try {
            List<Integer> shape = Arrays.stream(extents.split(","))
                    .map(String::strip)
                    .filter(extent -> !extent.isEmpty())
                    .map(Integer::parseUnsignedInt)
                    .toList();
            NpyHeader header = new NpyHeader(type, shape, length);
            header.dataBytes();
            return header;
        } catch (NumberFormatException | ArithmeticException e) {
            throw new DataException("%s must have a readable shape, but had (%s)".formatted(name, extents), e);
        }
    }

    private static String find(Pattern pattern, String name, String what, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new DataException("%s must have %s in its header, but had %s".formatted(name, what, text.strip()));
        }
        return matcher.group(1);
    }

    /** The bytes of a version 1.0 header for an array of this type and shape. */
    static byte[] encode(NpyType type, List<Integer> shape) {
        // A Python tuple: with one element it ends in a comma.
        String extents =
                shape.stream().map(String::valueOf).collect(Collectors.joining(", ")) + (shape.size() == 1 ? "," : "");
        String text = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(type.descriptor(), extents);
        int prefix = MAGIC.length + 2 + Short.BYTES;
        int padding = Math.floorMod(-(prefix + text.length() + 1), ALIGNMENT);
        byte[] padded = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(prefix + padded.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) padded.length)
                .put(padded)
                .array();
    }
}
