package io.tta4j.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** What results may depend on: the versions of this library, the engines and Java, and the machine. */
final class Versions {

    private Versions() {}

    static Map<String, String> current() {
        Map<String, String> versions = new TreeMap<>();
        versions.put("java", Runtime.version().toString());
        versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        versions.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
        ownVersion().ifPresent(version -> versions.put("tta4j", version));
        ofJar("ai.onnxruntime.OrtEnvironment").ifPresent(version -> versions.put("onnxruntime", version));
        ofJar("ai.djl.engine.Engine").ifPresent(version -> versions.put("djl", version));
        return versions;
    }

    /** As Maven wrote it into the jar. */
    private static Optional<String> ownVersion() {
        try (InputStream in = Versions.class.getResourceAsStream("/META-INF/maven/io.tta4j/tta-core/pom.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return Optional.ofNullable(properties.getProperty("version"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In the manifest of the jar that holds a class, if it is there; the class is not initialised. */
    private static Optional<String> ofJar(String name) {
        try {
            Class<?> type = Class.forName(name, false, Versions.class.getClassLoader());
            return Optional.ofNullable(type.getPackage().getImplementationVersion());
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }
}
