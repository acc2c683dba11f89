package io.tta4j.stream.corrupted;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Hashes that tell whether the clean images are still the same. */
final class InputHash {

    private InputHash() {}

    /** Of files' contents, one after the other. */
    static String ofContents(List<Path> files) throws IOException {
        MessageDigest digest = sha256();
        try (OutputStream sink = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            for (Path file : files) {
                try (InputStream in = Files.newInputStream(file)) {
                    in.transferTo(sink);
                }
            }
        }
        return hex(digest);
    }

    /** Of the names and lengths of files in a folder: a tree of photographs is too large to be read twice. */
    static String ofNamesAndSizes(Path folder, List<String> names) throws IOException {
        MessageDigest digest = sha256();
        for (String name : names) {
            digest.update(
                    "%s %d%n".formatted(name, Files.size(folder.resolve(name))).getBytes(StandardCharsets.UTF_8));
        }
        return hex(digest);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String hex(MessageDigest digest) {
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }
}
