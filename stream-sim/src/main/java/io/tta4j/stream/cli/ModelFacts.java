package io.tta4j.stream.cli;

import io.tta4j.engine.Engine;
import io.tta4j.model.AdaptableModel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a report says of the model. */
final class ModelFacts {

    private ModelFacts() {}

    /**
     * The facts in the order to be shown.
     *
     * @param file the file's name, without its folder
     * @param bytes the file's contents
     */
    static Map<String, Object> of(Engine engine, AdaptableModel model, String file, byte[] bytes) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("file", file);
        facts.put("engine", engine.name());
        facts.put("sha256", sha256(bytes));
        facts.put("classes", model.classes());
        facts.put("normLayers", model.layout().layers().size());
        facts.put("parameters", model.layout().size());
        return facts;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
