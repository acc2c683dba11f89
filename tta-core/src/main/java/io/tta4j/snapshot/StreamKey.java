package io.tta4j.snapshot;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A stream's key as it comes from outside, checked. It names no file: its {@link #hash} does.
 *
 * @param text at most {@value #LONGEST} bytes of UTF-8 without control characters; empty for the stream without a key
 */
public record StreamKey(String text) {

    /** The most bytes of UTF-8 that a key may have. */
    public static final int LONGEST = 512;

    /** @throws IllegalArgumentException if it is too long, has control characters, or is no Unicode text */
    public StreamKey {
        // No encoding is shorter than the text.
        if (text.length() > LONGEST || utf8(text).remaining() > LONGEST) {
            throw new IllegalArgumentException(
                    "a stream's key must have at most %d bytes in UTF-8, but '%s...' has more; use a hash of it as the key"
                            .formatted(LONGEST, printable(text.substring(0, Math.min(20, text.length())))));
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a stream's key must have no control characters, but '%s' has".formatted(printable(text)));
        }
    }

    /** SHA-256 of the key in UTF-8, as 64 hexadecimal digits. */
    public String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(utf8(text));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static ByteBuffer utf8(String text) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "a stream's key must be Unicode text, but '%s' has half of a surrogate pair"
                            .formatted(printable(text)),
                    e);
        }
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /** The stream as messages name it. */
    @Override
    public String toString() {
        return text.isEmpty() ? "the stream without a key" : "stream '" + text + "'";
    }
}
