package io.tta4j.stream.cli;

import io.tta4j.stream.card.ModelCard;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.Domain;
import io.tta4j.stream.data.Selection;
import io.tta4j.stream.setting.LabelOrder;
import io.tta4j.stream.setting.StreamSetting;
import io.tta4j.stream.setting.Streams;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that choose streams. */
final class StreamOptions {

    private static final String GRADUAL = "gradual";
    private static final String INCREMENTAL = "class-incremental";
    private static final String DRIFT = "drift";

    /** What {@code --setting all} means. */
    private static final List<String> COMMON = List.of("mild", "mixed", "label-shift", "batch-1", "continual");

    private static final Set<String> NAMES = Set.of(
            "mild",
            "mixed",
            "label-shift",
            "batch-1",
            "correlated",
            "continual",
            GRADUAL,
            "recurring",
            DRIFT,
            "markov",
            INCREMENTAL);

    private static final Set<String> ORDERS = Set.of("stored", "shuffled", "correlated", "label-shift");

    /** Settings in which one corruption follows another. */
    private static final Set<String> WITH_SHIFTS = Set.of("continual", GRADUAL, "recurring", DRIFT);

    @Mixin
    private DomainOptions domains = new DomainOptions();

    @Option(
            names = "--setting",
            paramLabel = "A,B,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "mild",
            description = {
                "one or several of these, or all: mild,mixed,label-shift,batch-1,continual",
                "mild: each corruption apart, from the source state (default)",
                "mixed: the images of all corruptions, shuffled together",
                "label-shift: each corruption apart, in as many stretches as there are classes; in each stretch one"
                        + " class prevails (SAR's online imbalanced label shift)",
                "batch-1: as mild, one image at a time",
                "correlated: each corruption apart, classes in clusters (NOTE's Dirichlet streams)",
                "continual: one corruption after another, never reset",
                "gradual: likewise; of each, severities 1-2-3-4-5-4-3-2-1",
                "recurring: all corruptions in turn, --cycles times, classes in clusters, never reset (PeTTA)",
                "drift: one corruption after another, with --drift in between",
                "markov: corruptions and classes by Markov chains (UniTTA)",
                "class-incremental: one stream in sessions, which bring new classes while the corruption changes"
            })
    private List<String> names = List.of();

    @Option(
            names = "--order",
            paramLabel = "O",
            description = "in which order the images of a corruption come: stored, shuffled, correlated or label-shift"
                    + " (default: stored, or shuffled with several seeds; recurring: correlated; drift and mixed:"
                    + " shuffled). Mixed is never stored; label-shift, correlated and markov have their own")
    private @Nullable String order;

    @Option(
            names = "--imbalance",
            paramLabel = "R",
            defaultValue = "500000",
            description = "of label shift: how many times as likely the prevailing class is as any other (default:"
                    + " ${DEFAULT-VALUE})")
    private double imbalance;

    @Option(
            names = "--delta",
            paramLabel = "D",
            defaultValue = "0.1",
            description = "of correlated classes: the concentration; the smaller, the denser the clusters (default:"
                    + " ${DEFAULT-VALUE})")
    private double delta;

    @Mixin
    private DriftOptions drift = new DriftOptions();

    @Mixin
    private MarkovOptions markov = new MarkovOptions();

    @Option(
            names = "--clean-stretch",
            paramLabel = "N",
            defaultValue = "0",
            description = "where one corruption follows another: so many clean images in between (default:"
                    + " ${DEFAULT-VALUE})")
    private int cleanStretch;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "what shuffling and drawing depend on (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--seeds",
            paramLabel = "A,B-C,...",
            split = ",",
            hideParamSyntax = true,
            converter = SeedRange.Converter.class,
            description = "replays once for each of these in place of --seed, and shows means")
    private List<SeedRange> seeds = List.of();

    /**
     * Checks that the settings exist and go together.
     *
     * @throws IllegalArgumentException if not
     */
    void check() {
        for (String name : settings()) {
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException(
                        "--setting must be mild, mixed, label-shift, batch-1, correlated, continual, gradual, recurring,"
                                + " drift, markov, class-incremental or all, but was '%s'".formatted(name));
            }
        }
        if (settings().contains(INCREMENTAL) && settings().size() > 1) {
            throw new IllegalArgumentException(
                    "--setting class-incremental has measures of its own and must be alone, but was with others: "
                            + String.join(",", names));
        }
        if (order != null && !ORDERS.contains(order)) {
            throw new IllegalArgumentException(
                    "--order must be stored, shuffled, correlated or label-shift, but was '%s'".formatted(order));
        }
        drift.check(settings().contains(DRIFT));
        if (cleanStretch > 0 && settings().stream().noneMatch(WITH_SHIFTS::contains)) {
            throw new IllegalArgumentException(
                    "--clean-stretch must go with continual, gradual, recurring or drift, but --setting was "
                            + String.join(",", names));
        }
        if (cleanStretch > 0 && !domains.hasClean()) {
            throw new IllegalArgumentException("--clean-stretch must go with --clean, which was not given");
        }
    }

    /** Whether the setting is the one that brings new classes. */
    boolean isClassIncremental() {
        return settings().contains(INCREMENTAL);
    }

    private Set<String> settings() {
        Set<String> settings = new LinkedHashSet<>();
        for (String name : names) {
            settings.addAll(name.equals("all") ? COMMON : List.of(name));
        }
        return settings;
    }

    /** What is replayed once each. */
    List<Long> seeds() {
        return seeds.isEmpty()
                ? List.of(seed)
                : seeds.stream().flatMap(SeedRange::seeds).distinct().toList();
    }

    /** Where the clean samples are, if there are any. */
    Optional<Path> cleanFolder() {
        return domains.cleanFolder();
    }

    /** Opens the corrupted samples, or those that are corrupted when they are read. */
    DataSet open(Path data, DataOptions reading, ModelCard card) throws IOException {
        return domains.open(data, reading, card);
    }

    /** Opens the clean samples, where there are any. */
    @Nullable
    DataSet openClean(DataOptions reading, ModelCard card) throws IOException {
        return domains.openClean(reading, card);
    }

    /**
     * The domains that the settings need, {@link Domain#CLEAN} where there are clean samples and a place for them.
     *
     * @param clean those of the clean samples that are used, where there are any
     * @param labels of the samples that are used
     * @throws IllegalArgumentException if a domain is not there, or the clean samples are others than those of the set
     */
    List<Domain> domains(DataSet set, Optional<Selection> clean, int[] labels) {
        List<Domain> needed =
                new ArrayList<>(domains.domains(set, settings().contains(GRADUAL) || drift.isIncremental()));
        if (clean.isPresent() && (settings().contains(DRIFT) || cleanStretch > 0)) {
            DomainOptions.requireSameLabels(clean.get().labels(), labels);
            needed.add(Domain.CLEAN);
        }
        return needed;
    }

    /**
     * The settings, each once for each seed. Not for the class-incremental one.
     *
     * @param images of one corruption
     */
    List<Streams> streams(int images) {
        return settings().stream()
                .map(name -> stream(name, images))
                .flatMap(setting -> seeds().stream().map(setting::withSeed))
                .toList();
    }

    private Streams stream(String name, int images) {
        return switch (name) {
            case "mild" -> ordered(Streams.mild());
            case "mixed" -> isOrdered() ? ordered(Streams.mixed()) : Streams.mixed();
            case "label-shift" -> Streams.labelShift(imbalance);
            case "batch-1" -> ordered(Streams.batchOne());
            case "correlated" -> Streams.correlated(delta);
            case "continual" -> ordered(Streams.continual()).withCleanStretch(cleanStretch);
            case GRADUAL -> ordered(Streams.gradual()).withCleanStretch(cleanStretch);
            case "recurring" -> {
                Streams recurring = Streams.recurring(drift.cycles()).withCleanStretch(cleanStretch);
                yield order == null ? recurring.withLabels(LabelOrder.correlated(delta)) : ordered(recurring);
            }
            case DRIFT -> {
                Streams drifting = drift.streams(images, domains.hasClean()).withCleanStretch(cleanStretch);
                yield order == null ? drifting : ordered(drifting);
            }
            case "markov" -> markov.streams();
            default -> throw new IllegalStateException(name);
        };
    }

    /** Whether the order is one that a pool of all corruptions can have. */
    private boolean isOrdered() {
        return "correlated".equals(order) || "label-shift".equals(order);
    }

    private Streams ordered(Streams streams) {
        String chosen = order != null ? order : seeds().size() == 1 ? "stored" : "shuffled";
        return streams.withLabels(
                switch (chosen) {
                    case "stored" -> LabelOrder.stored();
                    case "shuffled" -> LabelOrder.shuffled();
                    case "correlated" -> LabelOrder.correlated(delta);
                    case "label-shift" -> LabelOrder.shift(imbalance);
                    default -> throw new IllegalStateException(chosen);
                });
    }

    /** The line that a replay begins with, for each setting. */
    List<String> descriptions(List<? extends StreamSetting> settings) {
        List<Long> drawn = seeds();
        String ending = drawn.size() == 1 ? "seed " + drawn.get(0) : "seeds " + SeedRange.text(drawn);
        return settings.stream()
                .map(setting -> "%s: %s; %s".formatted(setting.name(), setting.description(), ending))
                .distinct()
                .toList();
    }

    /** The names of the settings, as a report shows them. */
    String names() {
        return String.join(",", settings());
    }

    /** What a report says of the domains. */
    Map<String, Object> config() throws IOException {
        return domains.config();
    }
}
