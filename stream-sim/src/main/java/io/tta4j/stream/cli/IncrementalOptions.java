package io.tta4j.stream.cli;

import io.tta4j.stream.card.ModelCard;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.setting.ClassIncremental;
import io.tta4j.stream.setting.Curriculum;
import io.tta4j.stream.setting.Drift;
import io.tta4j.stream.setting.Shots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the class-incremental setting. */
final class IncrementalOptions {

    private static final int CLASSES_PER_SESSION = 2;

    @Option(
            names = "--support",
            paramLabel = "DIR",
            description = "of the class-incremental setting: a data set as --data, without corruption, what new classes"
                    + " are registered with")
    private @Nullable Path support;

    @Option(
            names = "--shots",
            paramLabel = "K",
            defaultValue = "5",
            description = "of these, how many for each new class, drawn by the seed (default: ${DEFAULT-VALUE})")
    private int shots;

    @Option(
            names = "--base-classes",
            paramLabel = "C",
            description = "the classes the model was trained on, labels 0..C-1; checked against the model. Other labels"
                    + " are new classes")
    private @Nullable Integer baseClasses;

    @Option(
            names = "--classes-per-session",
            paramLabel = "N",
            description = "new classes in each session after the first (default: " + CLASSES_PER_SESSION + ")")
    private @Nullable Integer classesPerSession;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            description = "instead: over how many sessions the classes are spread; 1: all from the start, each"
                    + " corruption apart")
    private @Nullable Integer sessions;

    @Option(
            names = "--corruptions-per-session",
            paramLabel = "N",
            defaultValue = "2",
            description = "how many corruptions a session goes through; they take turns (default: ${DEFAULT-VALUE})")
    private int corruptionsPerSession;

    @Option(
            names = "--recurring",
            paramLabel = "S",
            defaultValue = "1",
            description = "the share of the classes of earlier sessions that come back in a session (default:"
                    + " ${DEFAULT-VALUE}, all)")
    private double recurring;

    @Option(
            names = "--preview",
            paramLabel = "S",
            defaultValue = "0.25",
            description = "the share of a session, at its end, where the next one's classes show before they are named,"
                    + " to measure how they are told from base classes; 0: none (default: ${DEFAULT-VALUE})")
    private double preview;

    /**
     * Opens what new classes are registered with.
     *
     * @throws IllegalArgumentException if the options do not go together
     */
    DataSet openSupport(DataOptions reading, ModelCard card) throws IOException {
        if (support == null) {
            throw new IllegalArgumentException("--support must name a data set where --setting is class-incremental");
        }
        if (sessions != null && classesPerSession != null) {
            throw new IllegalArgumentException(
                    "either --sessions or --classes-per-session must be given, but both were");
        }
        Positive.require("--shots", shots);
        return reading.openSingle(support, card);
    }

    /**
     * The setting, once for each seed.
     *
     * @param classes the model's C
     * @param labels of the data
     * @param supports of the support images
     * @param seeds what is replayed once each
     */
    List<ClassIncremental> settings(int classes, int[] labels, int[] supports, List<Long> seeds) {
        if (baseClasses != null && baseClasses != classes) {
            throw new IllegalArgumentException(
                    "--base-classes must be %d, the model's classes, but was %d".formatted(classes, baseClasses));
        }
        Curriculum curriculum = sessions == null
                ? Curriculum.ofClassesPerSession(
                        classes, labels, classesPerSession == null ? CLASSES_PER_SESSION : classesPerSession)
                : Curriculum.ofSessions(classes, labels, sessions);
        return seeds.stream()
                .map(drawn -> new ClassIncremental(
                        curriculum,
                        Shots.of(supports, shots),
                        new Drift(corruptionsPerSession),
                        recurring,
                        preview,
                        drawn))
                .toList();
    }

    /** What a report says of the setting, in the order to be shown. */
    Map<String, Object> config(ClassIncremental setting) throws IOException {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("baseClasses", setting.curriculum().baseClasses());
        config.put("novelClasses", setting.curriculum().novel());
        config.put("sessions", setting.curriculum().sessions());
        config.put("shots", shots);
        if (support != null) {
            config.put("support", support.toRealPath().getFileName().toString());
        }
        if (setting.curriculum().sessions() > 1) {
            config.put("corruptionsPerSession", corruptionsPerSession);
            config.put("recurring", recurring);
            config.put("preview", preview);
        }
        return config;
    }

    /** The folder of supports, if one was given. */
    Optional<Path> supportFolder() {
        return Optional.ofNullable(support);
    }
}
