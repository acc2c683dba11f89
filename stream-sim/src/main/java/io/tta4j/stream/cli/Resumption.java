package io.tta4j.stream.cli;

import io.tta4j.stream.replay.Cells;
import io.tta4j.stream.report.CellFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says where a replay keeps what is finished. */
final class Resumption {

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "where finished streams are kept until the end, so that the same command goes on after a kill"
                    + " (default: beside the JSON, F.cells; without --json nowhere)")
    private @Nullable Path work;

    /** What results depend on beside the stream: to know it, files are looked at. */
    @FunctionalInterface
    interface Determinants {
        Map<String, Object> find() throws IOException;
    }

    /**
     * The cells of a replay; none where there is no place for them.
     *
     * @param json where the report goes, if anywhere
     * @param determinants asked only where there is
     */
    Optional<CellFiles> cells(@Nullable Path json, Determinants determinants) throws IOException {
        Path folder = work;
        if (folder == null && json != null && (Files.isRegularFile(json) || !Files.exists(json))) {
            folder = json.resolveSibling(json.getFileName() + ".cells");
        }
        return folder == null ? Optional.empty() : Optional.of(CellFiles.in(folder, determinants.find()));
    }

    /** As {@link Cells}: those, or else nothing that keeps any. */
    static Cells orNone(Optional<CellFiles> files) {
        return files.isPresent() ? files.get() : Cells.NONE;
    }
}
