package io.tta4j.stream.corrupted;

import io.tta4j.stream.corruption.Corruption;
import io.tta4j.stream.corruption.Corruptions;
import io.tta4j.stream.corruption.ParameterSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is done to a set of images.
 *
 * @param corruptions the names of the corruptions
 * @param severities 1..5, ascending
 * @param seed of all that chance does
 * @param parameters the constants; empty where they go with each image's size
 */
public record CorruptionPlan(
        List<String> corruptions, List<Integer> severities, long seed, Optional<ParameterSet> parameters) {

    /**
     * Checks names and severities.
     *
     * @throws IllegalArgumentException if there is none of either, or one is unknown
     */
    public CorruptionPlan {
        corruptions = corruptions.stream().distinct().toList();
        severities = severities.stream().sorted().distinct().toList();
        if (corruptions.isEmpty() || severities.isEmpty()) {
            throw new IllegalArgumentException(
                    "there must be a corruption and a severity, but were %s and %s".formatted(corruptions, severities));
        }
        corruptions.forEach(Corruptions::named);
        for (int severity : severities) {
            if (severity < Corruption.MIN_SEVERITY || severity > Corruption.MAX_SEVERITY) {
                throw new IllegalArgumentException("severity must be in 1..5, but was " + severity);
            }
        }
    }

    /** The corruption of this name with the plan's constants. */
    Corruption corruption(String name) {
        return parameters.map(chosen -> Corruptions.named(name, chosen)).orElseGet(() -> Corruptions.named(name));
    }

    /** This plan with the constants that suit images of one size, where none were chosen. */
    CorruptionPlan forSize(int height, int width) {
        return new CorruptionPlan(
                corruptions,
                severities,
                seed,
                Optional.of(parameters.orElseGet(() -> ParameterSet.forSize(height, width))));
    }

    /** The constants as they are written in the manifest. */
    String parametersName() {
        return parameters.map(chosen -> chosen.name().toLowerCase(Locale.ROOT)).orElse("by size");
    }
}
