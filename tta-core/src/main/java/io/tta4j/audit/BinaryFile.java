package io.tta4j.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** Where the arrays of a line go, or come from: a stretch of the binary file beside the lines. */
interface BinaryFile {

    /** Arrays of a line that is being written, gathered in memory. By one thread. */
    final class Stretch implements BinaryFile {

        private static final int FIRST = 1 << 16;

        private final long start;
        private ByteBuffer bytes = ByteBuffer.allocate(FIRST).order(ByteOrder.LITTLE_ENDIAN);

        /** @param start where the stretch is to lie in the file */
        Stretch(long start) {
            this.start = start;
        }

        /** Room for so many bytes: a view on them, and where they will lie. */
        Room room(int size) {
            if (bytes.remaining() < size) {
                long grown = Math.max(2L * bytes.capacity(), (long) bytes.position() + size);
                ByteBuffer larger = ByteBuffer.allocate((int) Math.min(grown, Integer.MAX_VALUE - 8))
                        .order(ByteOrder.LITTLE_ENDIAN);
                bytes = larger.put(bytes.flip());
            }
            Room room = new Room(
                    start + bytes.position(),
                    bytes.slice(bytes.position(), size).order(ByteOrder.LITTLE_ENDIAN));
            bytes.position(bytes.position() + size);
            return room;
        }

        ByteBuffer written() {
            return bytes.duplicate().flip();
        }

        /** Bytes to fill, and where they will lie in the file. */
        record Room(long at, ByteBuffer bytes) {}
    }

    /** The file of lines that are being read. */
    record Written(FileChannel channel) implements BinaryFile {

        private static final int PIECE = 1 << 16;

        ByteBuffer read(long at, int size) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, at + bytes.position()) < 0) {
                    throw new IOException(
                            "the binary file must have bytes at %d, but ends before".formatted(at + bytes.position()));
                }
            }
            return bytes.flip();
        }

        /** Adds a stretch to a checksum; false where the file ends before it does. */
        boolean sum(long at, long size, CRC32C checksum) throws IOException {
            if (at < 0 || size < 0 || at + size > channel.size()) {
                return false;
            }
            ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, Math.max(size, 1)));
            long done = 0;
            while (done < size) {
                piece.clear().limit((int) Math.min(piece.capacity(), size - done));
                int read = channel.read(piece, at + done);
                if (read < 0) {
                    return false;
                }
                checksum.update(piece.flip());
                done += read;
            }
            return true;
        }
    }
}
