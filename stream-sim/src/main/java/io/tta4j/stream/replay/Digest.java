package io.tta4j.stream.replay;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The first 64 bits of a SHA-256. */
final class Digest {

    private static final int SHOWN_BYTES = 8;

    private final MessageDigest digest;

    Digest() {
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    Digest add(byte[] bytes) {
        digest.update(bytes);
        return this;
    }

    Digest add(int value) {
        return add(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    /** In hexadecimal; nothing can be added after it. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest(), 0, SHOWN_BYTES);
    }
}
