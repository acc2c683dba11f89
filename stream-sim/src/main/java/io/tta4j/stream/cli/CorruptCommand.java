package io.tta4j.stream.cli;

import io.tta4j.stream.corrupted.CorruptedSetWriter;
import io.tta4j.stream.corrupted.CorruptedSetWriters;
import io.tta4j.stream.corrupted.CorruptionPlan;
import io.tta4j.stream.corruption.Corruptions;
import io.tta4j.stream.corruption.ParameterSet;
import io.tta4j.stream.data.Split;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes corrupted copies of clean images. */
@Command(
        name = "corrupt",
        description = {
            "Corrupts clean images as CIFAR-10-C and ImageNet-C do.",
            "",
            "A folder with images.npy, uint8 [N, H, W, 3], and labels.npy, or with CIFAR's binary files, becomes",
            "<corruption>.npy, the severities one after the other, and labels.npy, as often. A tree of PNG and JPEG files",
            "becomes the same tree under <corruption>/<severity>/. A run that was killed is resumed by the same command.",
            ""
        },
        footer = {
            "  tta corrupt --in clean --out corrupted --corruption all --severity 5",
            "  tta corrupt --in cifar-10-batches-bin --out cifar10-c",
            "  tta corrupt --in imagenet/val --out imagenet-c --corruption fog,frost --seed 1"
        })
final class CorruptCommand implements Callable<Integer> {

    private static final String ALL = "all";
    private static final Pattern SEVERITIES = Pattern.compile("(\\d{1,3})(?:-(\\d{1,3}))?");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--in", paramLabel = "DIR", required = true, description = "the clean images")
    private Path in = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "where the corrupted ones go: a new folder, or one to be completed")
    private Path out = Path.of("");

    @Option(
            names = "--split",
            paramLabel = "P",
            defaultValue = "test",
            description = "which of CIFAR's binary files: test (default) or train")
    private String split = "";

    @Option(
            names = "--corruption",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = ALL,
            description = "which corruptions: all, or names such as fog,frost (default: all 19)")
    private List<String> corruptions = List.of();

    @Option(
            names = "--severity",
            paramLabel = "S,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "1-5",
            description = "which severities: 3, or 1,3,5, or 1-5 (default: ${DEFAULT-VALUE})")
    private List<String> severities = List.of();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "of all that chance does (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--parameters",
            paramLabel = "P",
            description = "the constants of the severities: cifar or imagenet (default: cifar for images with sides up"
                    + " to 64 pixels, imagenet for larger ones)")
    private @Nullable String parameters;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "images that are worked on at once; changes no pixel (default: the number of cores)")
    private @Nullable Integer threads;

    @Override
    public Integer call() throws IOException {
        CorruptionPlan plan = new CorruptionPlan(chosenCorruptions(), chosenSeverities(), seed, chosenParameters());
        int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        Positive.require("--threads", workers);
        try (CorruptedSetWriter set = CorruptedSetWriters.open(in, Split.parse("--split", split), out, plan, workers)) {
            int cells = plan.corruptions().size() * plan.severities().size();
            long total = (long) cells * set.images();
            long found;
            try (Progress progress = Progress.of(total)) {
                found = set.write(progress::answered);
            }
            PrintWriter text = spec.commandLine().getOut();
            text.printf(
                    Locale.ROOT,
                    "%s: %s, under %d corruptions at %d severities, seed %d%s%n",
                    out,
                    set.description(),
                    plan.corruptions().size(),
                    plan.severities().size(),
                    seed,
                    found == 0 ? "" : "; %d of %d were there already".formatted(found, total));
            text.flush();
        }
        return 0;
    }

    private List<String> chosenCorruptions() {
        return corruptions.equals(List.of(ALL)) ? Corruptions.names() : corruptions;
    }

    private List<Integer> chosenSeverities() {
        List<Integer> chosen = new ArrayList<>();
        for (String text : severities) {
            Matcher matcher = SEVERITIES.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "--severity must be numbers in 1..5 or ranges such as 1-5, but was '%s'".formatted(text));
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            for (int severity = first; severity <= last; severity++) {
                chosen.add(severity);
            }
        }
        return chosen;
    }

    private Optional<ParameterSet> chosenParameters() {
        if (parameters == null) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(ParameterSet.values())
                .filter(set -> set.name().toLowerCase(Locale.ROOT).equals(parameters))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--parameters must be cifar or imagenet, but was '%s'".formatted(parameters))));
    }
}
