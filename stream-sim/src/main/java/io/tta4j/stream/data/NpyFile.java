package io.tta4j.stream.data;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * An open {@code .npy} file whose elements are read where they are needed; it may be larger than memory.
 *
 * <p>Safe for use by many threads.
 */
public final class NpyFile implements Closeable {

    private final String name;
    private final NpyHeader header;
    private final FileChannel channel;

    private NpyFile(String name, NpyHeader header, FileChannel channel) {
        this.name = name;
        this.header = header;
        this.channel = channel;
    }

    /**
     * Opens a file and checks its header and its length.
     *
     * @throws IOException if there is no such file or it cannot be read
     * @throws DataException if it is not an {@code .npy} file, ends too early or too late, or holds an array that is
     *     not read here
     */
    public static NpyFile open(Path file) throws IOException {
        return open(file.getFileName().toString(), file, StandardOpenOption.READ);
    }

    /** Opens a file under another name, for messages. */
    static NpyFile open(String name, Path file, OpenOption... options) throws IOException {
        FileChannel channel = FileChannel.open(file, options);
        try {
            // The stream is not closed: it would close the channel.
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
            NpyHeader header = NpyHeader.read(name, in);
            long held = channel.size() - header.length();
            if (held != header.dataBytes()) {
                throw new DataException("%s must hold %d bytes after the header, but held %d"
                        .formatted(name, header.dataBytes(), held));
            }
            return new NpyFile(name, header, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Reads a whole file into memory; throws as {@link #open}. */
    public static NpyArray read(Path file) throws IOException {
        try (NpyFile open = open(file)) {
            return open.array();
        }
    }

    /** Writes an array as a file, in place of any there was. */
    public static void write(Path file, NpyArray array) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            array.writeTo(out);
        }
    }

    /** The file's name without its folder. */
    public String name() {
        return name;
    }

    /** The element type. */
    public NpyType type() {
        return header.type();
    }

    /** The extents; empty for a scalar. */
    public List<Integer> shape() {
        return header.shape();
    }

    /**
     * Reads elements.
     *
     * @param offset the first element's index
     * @param target filled from its position to its limit, in little-endian order
     * @throws IndexOutOfBoundsException if the file has fewer elements
     */
    public void read(long offset, ByteBuffer target) throws IOException {
        long from = offset * header.type().bytes();
        if (offset < 0 || from + target.remaining() > header.dataBytes()) {
            throw new IndexOutOfBoundsException(
                    "%s has no %d bytes from element %d on".formatted(name, target.remaining(), offset));
        }
        long position = header.length() + from;
        while (target.hasRemaining()) {
            int read = channel.read(target, position);
            if (read < 0) {
                throw new EOFException(name + " became shorter while it was read");
            }
            position += read;
        }
    }

    private NpyArray array() throws IOException {
        if (header.dataBytes() > Integer.MAX_VALUE) {
            throw new DataException("%s must hold at most %d bytes to be read into memory, but held %d"
                    .formatted(name, Integer.MAX_VALUE, header.dataBytes()));
        }
        ByteBuffer data = ByteBuffer.allocate((int) header.dataBytes()).order(ByteOrder.LITTLE_ENDIAN);
        read(0, data.duplicate());
        return new NpyArray(name, header.type(), header.shape(), data);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
