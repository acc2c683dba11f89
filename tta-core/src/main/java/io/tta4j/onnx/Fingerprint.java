package io.tta4j.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.zip.CRC32C;

/**
 * What files held, to tell whether they still do.
 *
 * @param bytes how many there were
 * @param checksum their CRC-32C
 */
record Fingerprint(long bytes, long checksum) {

    private static final int PIECE = 1 << 20;

    static Fingerprint of(Collection<Path> files) throws IOException {
        CRC32C checksum = new CRC32C();
        long bytes = 0;
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file)) {
                while (channel.read(piece.clear()) >= 0) {
                    bytes += piece.flip().remaining();
                    checksum.update(piece);
                }
            }
        }
        return new Fingerprint(bytes, checksum.getValue());
    }

    @Override
    public String toString() {
        return "%d bytes with checksum %08x".formatted(bytes, checksum);
    }
}
