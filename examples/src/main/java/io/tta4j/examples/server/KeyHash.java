package io.tta4j.examples.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Stream keys come from outside and may be names of people: logs and files have their SHA-256. */
final class KeyHash {

    private KeyHash() {}

    /** All 64 digits, for a file's name. */
    static String full(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Some digits, for a log. */
    static String brief(String key) {
        return key.isEmpty() ? "(default)" : full(key).substring(0, 12);
    }
}
