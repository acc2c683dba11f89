package io.tta4j.stream.cli;

import io.tta4j.audit.AuditConfig;
import io.tta4j.audit.AuditTrail;
import io.tta4j.stream.replay.Cell;
import io.tta4j.stream.replay.Trails;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where a replay writes what its steps were made of. */
final class AuditOptions {

    private static final int DIGEST = 8;

    @Option(
            names = "--audit",
            paramLabel = "DIR",
            description = "write an audit trail of each stream and method there, for tta audit; latencies include it")
    private @Nullable Path folder;

    @Option(names = "--with-inputs", description = "keep inputs in the audit trail, to compute its steps again")
    private boolean withInputs;

    /**
     * The trails.
     *
     * @param settings what was set, by method and setting
     * @throws IllegalArgumentException if inputs are to be kept in no trail
     */
    Trails trails(Map<String, Map<String, String>> settings) {
        Path root = folder;
        if (root == null) {
            if (withInputs) {
                throw new IllegalArgumentException("--with-inputs must go with --audit, but there is none");
            }
            return Trails.NONE;
        }
        return (cell, method) -> Optional.of(AuditTrail.in(
                root.resolve(name(cell)).resolve(method.name()),
                AuditConfig.custom()
                        .settings(settings.getOrDefault(method.name(), Map.of()))
                        .withInputs(withInputs)
                        .build()));
    }

    /** A folder's name; streams of one name differ in the digest. */
    private static String name(Cell cell) {
        String name = "%s-%d-%s-%s"
                .formatted(
                        cell.setting(),
                        cell.seed(),
                        cell.stream(),
                        cell.digest().substring(0, DIGEST));
        return name.replaceAll("[^A-Za-z0-9._-]+", "_");
    }
}
