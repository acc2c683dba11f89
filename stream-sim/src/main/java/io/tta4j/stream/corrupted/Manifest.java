package io.tta4j.stream.corrupted;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.report.Artifacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the files of a corrupted set depend on, kept beside them as {@code corrupted.json}: a later run may add to files
 * that it would have written itself, and to no others.
 *
 * @param facts by name, in the order to be written
 */
record Manifest(Map<String, String> facts) {

    static final String FILE = "corrupted.json";

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** The facts of every set; {@code input} is a hash. */
    static Manifest of(CorruptionPlan plan, String input) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("tta4j", Artifacts.version("io.tta4j", "stream-sim").orElse("development build"));
        facts.put("input", input);
        facts.put("parameters", plan.parametersName());
        facts.put("seed", Long.toString(plan.seed()));
        return new Manifest(facts);
    }

    /** This manifest with one more fact. */
    Manifest with(String name, Object fact) {
        Map<String, String> more = new LinkedHashMap<>(facts);
        more.put(name, fact.toString());
        return new Manifest(more);
    }

    /**
     * Makes a folder this set's: creates it where there is none, or checks that it was this set's before.
     *
     * @throws DataException if it holds something else
     */
    void claim(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) {
            requireSame(folder, read(file));
            return;
        }
        PartialFile unfinished = new PartialFile(file);
        try (Stream<Path> entries = Files.list(folder)) {
            entries.filter(entry -> !entry.equals(unfinished.path())).findAny().ifPresent(entry -> {
                throw new DataException("%s must be empty or hold what an earlier run wrote, with its %s, but held %s"
                        .formatted(folder, FILE, entry.getFileName()));
            });
        }
        PartialFile.write(file, JSON.writeValueAsBytes(facts));
    }

    private static Map<String, String> read(Path file) throws IOException {
        try {
            return JSON.readValue(file.toFile(), new TypeReference<Map<String, String>>() {});
        } catch (JacksonException e) {
            throw new DataException(file + " must be what an earlier run wrote, but could not be read", e);
        }
    }

    private void requireSame(Path folder, Map<String, String> earlier) {
        facts.forEach((name, fact) -> {
            if (!fact.equals(earlier.get(name))) {
                throw new DataException(
                        "%s holds files that were made with %s %s, and this run has %s: choose another folder, or delete that one"
                                .formatted(folder, name, earlier.get(name), fact));
            }
        });
    }
}
