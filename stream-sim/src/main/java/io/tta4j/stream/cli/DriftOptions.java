package io.tta4j.stream.cli;

import io.tta4j.stream.setting.DomainOrder;
import io.tta4j.stream.setting.Streams;
import io.tta4j.stream.setting.Transition;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the drift setting, and of how often domains recur. */
final class DriftOptions {

    private static final Set<String> KINDS = Set.of("abrupt", "gradual", "incremental", "recurring");

    @Option(
            names = "--cycles",
            paramLabel = "N",
            defaultValue = "20",
            description = "of recurring, and drift that is recurring: how often each corruption comes (default:"
                    + " ${DEFAULT-VALUE})")
    private int cycles;

    @Option(
            names = "--drift",
            paramLabel = "D",
            description = "of drift: abrupt; gradual: images of the old and the new corruption alternate, more and more"
                    + " of the new one (MOA's sigmoid; default); incremental: the severity of the old falls to 1, that of"
                    + " the new grows from 1; recurring: gradual, all corruptions --cycles times")
    private @Nullable String drift;

    @Option(
            names = "--position",
            paramLabel = "P,...",
            split = ",",
            hideParamSyntax = true,
            description = "of drift: at which images of the stream the changes are (default: evenly spread)")
    private List<Integer> positions = List.of();

    @Option(
            names = "--width",
            paramLabel = "N",
            description = "of drift: over how many images it changes (default: half of those of a corruption)")
    private @Nullable Integer width;

    /**
     * Checks that the options go together.
     *
     * @param isChosen whether there is a drift setting
     * @throws IllegalArgumentException if not
     */
    void check(boolean isChosen) {
        if (!isChosen && (drift != null || width != null || !positions.isEmpty())) {
            throw new IllegalArgumentException("--drift, --position and --width must go with --setting drift");
        }
        if (!KINDS.contains(kind())) {
            throw new IllegalArgumentException(
                    "--drift must be abrupt, gradual, incremental or recurring, but was '%s'".formatted(drift));
        }
        if (width != null && kind().equals("abrupt")) {
            throw new IllegalArgumentException("--width must go with a drift that takes time, but --drift was abrupt");
        }
    }

    private String kind() {
        return drift == null ? "gradual" : drift;
    }

    /** Whether smaller severities are gone through. */
    boolean isIncremental() {
        return kind().equals("incremental");
    }

    /** How often each corruption comes in a recurring stream. */
    int cycles() {
        return cycles;
    }

    /**
     * The drift setting.
     *
     * @param images of one corruption
     * @param fromClean whether there are clean images to begin with
     */
    Streams streams(int images, boolean fromClean) {
        int over = width == null ? Math.max(1, images / 2) : width;
        Transition transition = switch (kind()) {
            case "abrupt" -> Transition.abrupt();
            case "incremental" -> Transition.incremental(over);
            default -> Transition.gradual(over);
        };
        return Streams.drift(transition)
                .withDomains(DomainOrder.drifting(kind().equals("recurring") ? cycles : 1, positions, fromClean));
    }
}
