package io.tta4j.stream.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * An {@code .npy} file that is written from its beginning to its end, perhaps by several processes one after the other:
 * the elements there are stay, and the next one goes on behind them.
 */
public final class NpyAppender implements Closeable {

    private final FileChannel channel;
    private final int headerBytes;
    private final int elementBytes;

    private NpyAppender(FileChannel channel, int headerBytes, int elementBytes) {
        this.channel = channel;
        this.headerBytes = headerBytes;
        this.elementBytes = elementBytes;
    }

    /**
     * Opens a file to go on where it ends, or begins one.
     *
     * @param file may have been left behind by a process that was to write the same array
     * @param type the element type
     * @param shape the extents that the array has in the end
     * @param block how many elements count as written only together: what lies behind the last whole block is cut off
     */
    public static NpyAppender open(Path file, NpyType type, List<Integer> shape, long block) throws IOException {
        byte[] header = NpyHeader.encode(type, shape);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            long data = channel.size() - header.length;
            long blockBytes = block * type.bytes();
            channel.truncate(header.length + Math.max(0, data / blockBytes * blockBytes));
            channel.write(ByteBuffer.wrap(header), 0);
            channel.position(channel.size());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return new NpyAppender(channel, header.length, type.bytes());
    }

    /** The number of elements there are. */
    public long written() throws IOException {
        return (channel.position() - headerBytes) / elementBytes;
    }

    /** Writes elements behind those there are: the bytes from the buffer's position to its limit. */
    public void append(ByteBuffer elements) throws IOException {
        while (elements.hasRemaining()) {
            channel.write(elements);
        }
    }

    /** Waits until what was written is on the disk. */
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
