package io.tta4j.stream.cli;

import io.tta4j.stream.card.ModelCard;
import io.tta4j.stream.corruption.CorruptedDataSet;
import io.tta4j.stream.corruption.Corruptions;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.Domain;
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
            names = "--corrupt",
            paramLabel = "A,B,...",
            split = ",",
            hideParamSyntax = true,
            description =
                    "corrupts --data, which is clean then, when an image is read: names, or all; the images of tta"
                            + " corrupt at seed 0, but for files, which are resized and cropped first")
    private List<String> corrupt = List.of();

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
            description =
                    "clean samples, a data set without corruption: what each method still gets right on them after a"
                            + " stream, its state frozen; drift begins with them, and then they must be those of --data; --limit"
                            + " holds for them too")
    private @Nullable Path clean;

    /** Whether there are clean samples. */
    boolean hasClean() {
        return clean != null;
    }

    /** Where the clean samples are, if there are any. */
    Optional<Path> cleanFolder() {
        return Optional.ofNullable(clean);
    }

    /** Opens the corrupted samples, or those that are corrupted when they are read. */
    DataSet open(Path data, DataOptions reading, ModelCard card) throws IOException {
        if (corrupt.isEmpty()) {
            return reading.open(data, card);
        }
        List<String> made = corrupt.contains(ALL)
                ? Corruptions.names()
                : corrupt.stream().distinct().toList();
        DataSet images = reading.openSingle(data, card);
        try {
            return CorruptedDataSet.of(images, made, 0);
        } catch (IllegalArgumentException e) {
            images.close();
            throw e;
        }
    }

    /** Opens the clean samples, where there are any. */
    @Nullable
    DataSet openClean(DataOptions reading, ModelCard card) throws IOException {
        return clean == null ? null : reading.openSingle(clean, card);
    }

    /**
     * The domains that are needed, without the clean one.
     *
     * @param ramps whether smaller severities are needed too
     * @throws IllegalArgumentException if one is not there
     */
    List<Domain> domains(DataSet set, boolean ramps) {
        List<Domain> domains = new ArrayList<>();
        List<String> chosen = corruptions.contains(ALL) ? set.corruptions() : corruptions;
        for (String corruption : new LinkedHashSet<>(chosen)) {
            for (int needed : severities(set, ramps)) {
                domains.add(new Domain(corruption, needed));
            }
        }
        domains.forEach(set::require);
        return domains;
    }

    private List<Integer> severities(DataSet set, boolean ramps) {
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

    /**
     * Makes sure that clean samples are those of the stream, without corruption.
     *
     * @param labels of the samples that are used
     */
    static void requireSameLabels(int[] clean, int[] labels) {
        if (clean.length < labels.length || !Arrays.equals(clean, 0, labels.length, labels, 0, labels.length)) {
            throw new IllegalArgumentException(
                    "--clean must hold the samples of --data without corruption, in the same order, but had other labels");
        }
    }

    /** What a report says of the domains. */
    Map<String, Object> config() throws IOException {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("severity", severity);
        if (!corrupt.isEmpty()) {
            config.put("corrupt", corrupt);
        }
        if (clean != null) {
            config.put("clean", clean.toRealPath().getFileName().toString());
        }
        return config;
    }
}
