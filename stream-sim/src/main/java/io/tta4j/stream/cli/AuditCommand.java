package io.tta4j.stream.cli;

import io.tta4j.audit.AuditException;
import io.tta4j.audit.AuditReplay;
import io.tta4j.audit.Rebuilt;
import io.tta4j.audit.StateHash;
import io.tta4j.engine.InspectableModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Rebuilds states from audit trails and compares them with what was recorded. */
@Command(
        name = "audit",
        description = {
            "Rebuilds the state from an audit trail, step by step and without the inputs, and compares its hash with the",
            "recorded one after each. A line for each trail; exit code 2 where one is damaged or leads elsewhere.",
            ""
        },
        footer = {
            "  tta replay --model net.onnx --data cifar10-c --method sar --audit trails",
            "  tta audit trails",
            "  tta audit trails/mild-0-fog-5be1c2d0/sar --record 120",
            "  tta audit trails --model net.onnx      (where the trail was written --with-inputs)",
            "",
            "The format: docs/audit.md."
        })
final class AuditCommand implements Callable<Integer> {

    private static final String PART = "audit-[0-9]+\\.jsonl";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "a trail's folder, one of its files, or a folder of trails")
    private Path path = Path.of("");

    @Option(
            names = "--record",
            paramLabel = "N",
            description = "up to that step or change, as the trail numbers them (default: all)")
    private @Nullable Long record;

    @Option(
            names = "--model",
            paramLabel = "M",
            description = "compute each step again with this model, from the inputs that were kept")
    private @Nullable Path model;

    @Mixin
    private ModelOptions options = new ModelOptions();

    @Override
    public Integer call() throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        PrintWriter text = spec.commandLine().getOut();
        for (Path trail : trails()) {
            AuditReplay replay = AuditReplay.of(trail);
            Rebuilt rebuilt;
            try {
                rebuilt = rebuild(record == null ? replay : replay.upTo(record));
            } catch (AuditException e) {
                throw new AuditException("%s: %s".formatted(trail, e.getMessage()), e);
            }
            text.println(line(trail, rebuilt));
            text.flush();
        }
        return 0;
    }

    /** The folders with parts in them. */
    private List<Path> trails() throws IOException {
        Path root = Files.isDirectory(path)
                ? path
                : path.toAbsolutePath().normalize().getParent();
        if (root == null) {
            throw new IllegalArgumentException("a trail must lie in a folder, but was " + path);
        }
        try (Stream<Path> files = Files.walk(root, Files.isDirectory(path) ? Integer.MAX_VALUE : 1)) {
            List<Path> trails = files.filter(
                            file -> file.getFileName().toString().matches(PART))
                    .map(file -> file.resolveSibling("."))
                    .map(Path::normalize)
                    .distinct()
                    .sorted()
                    .toList();
            if (trails.isEmpty()) {
                throw new AuditException(
                        "there must be an audit trail, audit-000001.jsonl and so on, in %s, but there is none"
                                .formatted(root));
            }
            return trails;
        }
    }

    private Rebuilt rebuild(AuditReplay replay) throws IOException {
        Path file = model;
        if (file == null) {
            return replay.rebuild();
        }
        try (InspectableModel network = options.engine(file).load(file, options.load(List.of(replay.method())))) {
            return replay.recompute(network);
        }
    }

    private String line(Path trail, Rebuilt rebuilt) {
        StringJoiner line = new StringJoiner(", ", trail + ": ", "");
        line.add("%s: %d steps".formatted(rebuilt.method(), rebuilt.steps()));
        line.add("%d other changes".formatted(rebuilt.changes()));
        line.add("%d resets".formatted(rebuilt.resets()));
        if (rebuilt.runs() > 1) {
            line.add("%d runs".formatted(rebuilt.runs()));
        }
        if (rebuilt.torn() > 0) {
            line.add("%d torn by a kill and left out".formatted(rebuilt.torn()));
        }
        if (rebuilt.lost() > 0) {
            line.add("%d could not be written then".formatted(rebuilt.lost()));
        }
        String how = model == null ? "rebuilt" : "computed again";
        line.add(
                rebuilt.states().size() == 1
                        ? "state %s %s bit for bit"
                                .formatted(
                                        StateHash.of(rebuilt.states()
                                                        .values()
                                                        .iterator()
                                                        .next())
                                                .substring(0, 16),
                                        how)
                        : "states of %d streams %s bit for bit"
                                .formatted(rebuilt.states().size(), how));
        return line.toString();
    }
}
