package io.tta4j.csfa.prototype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.file.SafeTensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link SourcePrototypes} as a file in the safetensors format. Tensors {@code counts} [C], {@code means} [C, D] and
 * {@code covariance} [D, D], all F32; the names of the classes are a JSON list under {@code classes} in the metadata.
 */
public final class PrototypeFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SafeTensors.Kind KIND = new SafeTensors.Kind("prototypes", "./tta prototypes");

    private PrototypeFile() {}

    /** Writes a file; an existing one is replaced. */
    public static void write(SourcePrototypes prototypes, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            write(prototypes, out);
        }
    }

    /** Writes a file's contents; the stream stays open. */
    public static void write(SourcePrototypes prototypes, OutputStream out) throws IOException {
        Map<String, SafeTensors.Entry> tensors = new LinkedHashMap<>();
        tensors.put("counts", SafeTensors.Entry.of(prototypes.counts()));
        tensors.put("means", SafeTensors.Entry.of(prototypes.means()));
        tensors.put("covariance", SafeTensors.Entry.of(prototypes.covariance()));
        SafeTensors.write(Map.of("classes", JSON.writeValueAsString(prototypes.classes())), tensors, out);
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it holds no prototypes; the message says what is wrong with it
     */
    public static SourcePrototypes read(Path file) throws IOException {
        SafeTensors tensors = SafeTensors.read(file, KIND);
        List<String> classes = classes(tensors);
        var counts = tensors.vector("counts");
        var means = tensors.matrix("means");
        var covariance = tensors.matrix("covariance");
        try {
            return new SourcePrototypes(classes, counts, means, covariance);
        } catch (IllegalArgumentException e) {
            throw tensors.wrong("in it " + e.getMessage(), e);
        }
    }

    private static List<String> classes(SafeTensors tensors) throws IOException {
        List<String> classes = new ArrayList<>();
        try {
            JSON.readTree(tensors.metadata("classes", "[]")).forEach(name -> classes.add(name.asText()));
        } catch (JsonProcessingException e) {
            throw tensors.wrong("its header is no JSON", e);
        }
        return classes;
    }
}
