package io.tta4j.stream.cli;

import io.tta4j.stream.data.CorruptedSet;
import io.tta4j.stream.data.Domain;
import io.tta4j.stream.data.DomainImages;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.LabelledImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose domains. */
final class DomainOptions {

    private static final String ALL = "all";

    @Option(
            names = "--corruption",
            paramLabel = "A,B,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = ALL,
            description = "which corruptions, in the order to be met (default: ${DEFAULT-VALUE})")
    private List<String> corruptions = List.of();

    @Option(
            names = "--severity",
            paramLabel = "S",
            defaultValue = "5",
            description = "how severe, 1-5; gradual, and drift that is incremental, go up to it from 1 (default:"
                    + " ${DEFAULT-VALUE})")
    private int severity;

    @Option(
            names = "--clean",
            paramLabel = "DIR",
            description = "clean images, images.npy and labels.npy: what each method still gets right on them after a"
                    + " stream, its state frozen; drift begins with them, and then they must be those of --data; --limit"
                    + " holds for them too")
    private @Nullable Path clean;

    /** Whether there are clean images. */
    boolean hasClean() {
        return clean != null;
    }

    /** The folder of clean images, if there is one. */
    Optional<Path> cleanFolder() {
        return Optional.ofNullable(clean);
    }

    /** Opens the clean images, where there are any. */
    @Nullable
    LabelledImages openClean() throws IOException {
        return clean == null ? null : LabelledImages.open(clean);
    }

    /**
     * Opens the images of every domain that is needed.
     *
     * @param cleanImages where there are any
     * @param labels of the images that are used
     * @param ramps whether smaller severities are needed too
     */
    List<Images> open(CorruptedSet set, @Nullable LabelledImages cleanImages, int[] labels, boolean ramps)
            throws IOException {
        List<Images> images = new ArrayList<>();
        List<String> chosen = corruptions.contains(ALL) ? set.corruptions() : corruptions;
        for (String corruption : new LinkedHashSet<>(chosen)) {
            for (int needed : severities(set, ramps)) {
                images.add(set.images(new Domain(corruption, needed)));
            }
        }
        if (cleanImages != null) {
            requireSameLabels(cleanImages.labels(), labels);
            images.add(DomainImages.of(Domain.CLEAN, cleanImages.images()));
        }
        return images;
    }

    private List<Integer> severities(CorruptedSet set, boolean ramps) {
        if (severity < 1 || severity > Domain.MOST_SEVERE) {
            throw new IllegalArgumentException("--severity must be in 1..5, but was " + severity);
        }
        List<Integer> needed = set.severities().stream()
                .filter(there -> ramps ? there <= severity : there == severity)
                .toList();
        if (!needed.contains(severity)) {
            throw new IllegalArgumentException(
                    "--severity must be one of those of --data, %s, but was %d".formatted(set.severities(), severity));
        }
        return needed;
    }

    private static void requireSameLabels(int[] clean, int[] labels) {
        if (clean.length < labels.length || !Arrays.equals(clean, 0, labels.length, labels, 0, labels.length)) {
            throw new IllegalArgumentException(
                    "--clean must hold the images of --data without corruption, in the same order, but had other labels");
        }
    }

    /** What a report says of the domains. */
    Map<String, Object> config() throws IOException {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("severity", severity);
        if (clean != null) {
            config.put("clean", clean.toRealPath().getFileName().toString());
        }
        return config;
    }
}
