package io.tta4j.audit;

import io.tta4j.method.State;
import io.tta4j.model.Matrix;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 over names and bits: little-endian numbers, texts in UTF-8 behind their length. */
final class Sha256 {

    /** Enough to tell that two arguments differ by mistake, where nobody forges them. */
    private static final int SHORT = 16;

    private final MessageDigest digest;

    private Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    static String of(State state) {
        Sha256 hash = new Sha256();
        state.vectors().forEach((name, vector) -> hash.add("vector").add(name).add(vector));
        state.scalars().forEach((name, scalar) -> hash.add("scalar").add(name).add(Double.doubleToRawLongBits(scalar)));
        state.words().forEach((name, words) -> {
            hash.add("words").add(name).add(words.size());
            words.forEach(hash::add);
        });
        return hash.hex();
    }

    static String of(Tensor tensor) {
        Sha256 hash = new Sha256();
        hash.digest.update(tensor.data());
        return hash.hex();
    }

    static String of(byte[] bytes) {
        Sha256 hash = new Sha256();
        hash.digest.update(bytes);
        return hash.hex();
    }

    /** The first digits for a vector. */
    static String ofShort(Vector vector) {
        return new Sha256().add(vector).hex().substring(0, SHORT);
    }

    /** The first digits for a matrix. */
    static String ofShort(Matrix matrix) {
        return new Sha256().add(matrix.rows()).add(matrix.asVector()).hex().substring(0, SHORT);
    }

    private Sha256 add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(bytes.length);
        digest.update(bytes);
        return this;
    }

    private Sha256 add(long number) {
        digest.update(
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, number));
        return this;
    }

    private Sha256 add(Vector vector) {
        add(vector.size());
        ByteBuffer bytes = ByteBuffer.allocate(vector.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        vector.copyTo(bytes.asFloatBuffer());
        digest.update(bytes);
        return this;
    }

    private String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
