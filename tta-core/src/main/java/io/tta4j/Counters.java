package io.tta4j;

import java.util.Map;

/**
 * What an {@link AdaptiveModel} has done so far.
 *
 * @param requests calls of {@code predict} that were answered
 * @param samples rows in those calls
 * @param steps adaptation steps that moved the state, or its copy in {@link Mode#SHADOW}
 * @param reliableSamples samples that passed the method's filter before its step, summed over requests
 * @param adaptedSamples samples that the applied gradients were means over, summed over steps
 * @param resets times that the method's recovery policy put the state back to the source
 * @param rejected adaptations that were thrown away: the new state was not finite, or the adaptation failed
 */
public record Counters(
        long requests,
        long samples,
        long steps,
        long reliableSamples,
        long adaptedSamples,
        long resets,
        long rejected) {

    /** These by name, to be saved with a state. */
    Map<String, Long> byName() {
        return Map.of(
                "requests", requests,
                "samples", samples,
                "steps", steps,
                "reliableSamples", reliableSamples,
                "adaptedSamples", adaptedSamples,
                "resets", resets,
                "rejected", rejected);
    }

    /** What was saved; 0 where there is nothing of a name. */
    static Counters byName(Map<String, Long> saved) {
        return new Counters(
                saved.getOrDefault("requests", 0L),
                saved.getOrDefault("samples", 0L),
                saved.getOrDefault("steps", 0L),
                saved.getOrDefault("reliableSamples", 0L),
                saved.getOrDefault("adaptedSamples", 0L),
                saved.getOrDefault("resets", 0L),
                saved.getOrDefault("rejected", 0L));
    }
}
