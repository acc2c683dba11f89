package io.tta4j.engine;

import io.tta4j.model.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The engines that there are, and the choice of one for a file. */
public final class Engines {

    /** How many bytes an engine sees of a file to recognise it. */
    public static final int HEAD = 16;

    private Engines() {}

    /** All engines by name, in alphabetical order; the libraries of some may be missing. */
    public static Map<String, Engine> available() {
        Map<String, Engine> engines = new TreeMap<>();
        for (Engine engine : ServiceLoader.load(Engine.class, Engines.class.getClassLoader())) {
            engines.put(engine.name(), engine);
        }
        return Collections.unmodifiableMap(engines);
    }

    /**
     * The engine of that name.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static Engine named(String name) {
        Map<String, Engine> available = available();
        Engine engine = available.get(name);
        if (engine == null) {
            throw new IllegalArgumentException(
                    "engine must be one of %s, but was '%s'".formatted(available.keySet(), name));
        }
        return engine;
    }

    /**
     * The engine for a file, by what it begins with; its name does not matter.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws ModelException if no engine recognises it; the message lists what they run
     */
    public static Engine of(Path file) {
        byte[] head = head(file);
        Map<String, Engine> available = available();
        return available.values().stream()
                .filter(engine -> engine.recognises(head))
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        "'%s' must be %s, but begins with %s; export the model again, or name the engine that is to try"
                                .formatted(
                                        file.getFileName(),
                                        available.values().stream()
                                                .map(engine -> engine.format() + " (" + engine.name() + ")")
                                                .collect(Collectors.joining(" or ")),
                                        head.length == 0 ? "nothing: it is empty" : described(head))));
    }

    private static byte[] head(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            return stream.readNBytes(HEAD);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String described(byte[] head) {
        return "the bytes " + HexFormat.ofDelimiter(" ").formatHex(head);
    }
}
