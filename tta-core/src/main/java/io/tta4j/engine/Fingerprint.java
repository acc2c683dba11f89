package io.tta4j.engine;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.zip.CRC32C;

/**
 * What a model's files held, to tell whether they still do, and whether something was made for that model.
 *
 * @param bytes how many there were
 * @param checksum their CRC-32C
 */
public record Fingerprint(long bytes, long checksum) {

    private static final int PIECE = 1 << 20;

    /**
     * The fingerprint of files, one after the other.
     *
     * @throws IOException if a file cannot be read
     */
    public static Fingerprint of(Collection<Path> files) throws IOException {
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

    /** The fingerprint of a file that has these bytes. */
    public static Fingerprint of(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return new Fingerprint(bytes.length, checksum.getValue());
    }

    /**
     * This beside how theta is made up, which options of a load decide: {@link AdaptableModel#fingerprint} of a model
     * from such files.
     */
    public String with(AffineLayout layout, Vector source) {
        return "%d-%08x-%s".formatted(bytes, checksum, layout.fingerprint(source));
    }

    @Override
    public String toString() {
        return "%d bytes with checksum %08x".formatted(bytes, checksum);
    }
}
