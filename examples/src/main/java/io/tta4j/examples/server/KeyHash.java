package io.tta4j.examples.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Stream keys come from outside and may be names of people: the runtime, and with it logs, recordings and files, has
 * their SHA-256.
 */
final class KeyHash {

    private KeyHash() {}

    /** 64 digits; none for the stream without a key. */
    static String of(String key) {
        if (key.isEmpty()) {
            return "";
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
