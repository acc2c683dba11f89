package io.tta4j.stream.cli;

import io.tta4j.guard.GuardConfig;
import io.tta4j.guard.Guards;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that puts guards around the methods of a replay. */
final class GuardOptions {

    @Option(
            names = "--guards",
            description =
                    "guard every method as it would be where it serves, by the settings of guard; so does any of these"
                            + " that is set (default: methods are what was published)")
    private boolean wanted;

    /**
     * The guards; none where nobody asked for them.
     *
     * @param settings of guards, by name
     * @throws IllegalArgumentException if one of them is unknown or out of its range
     */
    Optional<Guards> guards(Map<String, String> settings) {
        return areWanted(settings)
                ? Optional.of(Guards.of(
                        GuardConfig.read(settings, GuardConfig.custom()).build()))
                : Optional.empty();
    }

    /** What results depend on: nothing where there are none. */
    Map<String, Object> config(Map<String, String> settings) {
        Map<String, Object> config = new LinkedHashMap<>();
        if (areWanted(settings)) {
            config.put("guards", settings);
        }
        return config;
    }

    private boolean areWanted(Map<String, String> settings) {
        return wanted || !settings.isEmpty();
    }
}
