package io.tta4j.stream.report;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What timings depend on: the date, the machine and the versions of what ran on it; and the most memory that it took,
 * all methods together. Names no user and no path.
 */
public final class Environment {

    private static final Set<String> VERSIONS = Set.of("tta4j", "onnxruntime", "djl", "java");

    private Environment() {}

    /** The environment of this process, in the order to be shown. */
    public static Map<String, Object> current() {
        Map<String, Object> environment = new LinkedHashMap<>();
        environment.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        environment.put("cores", Runtime.getRuntime().availableProcessors());
        environment.put("java", Runtime.version().toString());
        Artifacts.version("io.tta4j", "stream-sim").ifPresent(version -> environment.put("tta4j", version));
        implementationVersion("ai.onnxruntime.OrtEnvironment")
                .ifPresent(version -> environment.put("onnxruntime", version));
        implementationVersion("ai.djl.engine.Engine").ifPresent(version -> environment.put("djl", version));
        PeakMemory memory = PeakMemory.current();
        environment.put("peakMemoryMiB", memory.mebibytes());
        environment.put("peakMemoryOf", memory.of());
        return environment;
    }

    /** The versions that results may depend on: of this program, the engines and Java. */
    public static Map<String, Object> versions() {
        Map<String, Object> versions = current();
        versions.keySet().retainAll(VERSIONS);
        return versions;
    }

    /** The version in the manifest of the jar that holds a class; the class is not initialised. */
    private static Optional<String> implementationVersion(String className) {
        try {
            Class<?> type = Class.forName(className, false, Environment.class.getClassLoader());
            return Optional.ofNullable(type.getPackage().getImplementationVersion());
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }
}
