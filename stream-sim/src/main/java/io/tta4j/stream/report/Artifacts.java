package io.tta4j.stream.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/** The versions of the libraries on the class path, as Maven wrote them into their jars. */
public final class Artifacts {

    private Artifacts() {}

    /** An artifact's version; empty where it is not there or its jar does not say. */
    public static Optional<String> version(String group, String artifact) {
        String name = "/META-INF/maven/%s/%s/pom.properties".formatted(group, artifact);
        try (InputStream in = Artifacts.class.getResourceAsStream(name)) {
            if (in == null) {
                return Optional.empty();
            }
            Properties properties = new Properties();
            properties.load(in);
            return Optional.ofNullable(properties.getProperty("version"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
