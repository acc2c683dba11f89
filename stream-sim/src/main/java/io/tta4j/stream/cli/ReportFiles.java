package io.tta4j.stream.cli;

import io.tta4j.stream.report.OutputFile;
import io.tta4j.stream.report.ReplayReport;
import io.tta4j.stream.report.ReportFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files that a report goes to, all checked before the work begins. */
final class ReportFiles {

    private final Map<OutputFile, ReportFormat> files = new LinkedHashMap<>();

    /**
     * Adds a file.
     *
     * @param path where to; null for nowhere
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if another format goes there already
     */
    void add(@Nullable Path path, ReportFormat format) throws IOException {
        if (path == null) {
            return;
        }
        OutputFile file = OutputFile.at(path);
        if (files.keySet().stream().anyMatch(other -> other.path().equals(file.path()))) {
            throw new IllegalArgumentException("each output must have a file of its own, but two go to " + path);
        }
        files.put(file, format);
    }

    /** Writes all files. */
    void write(ReplayReport report) throws IOException {
        for (Map.Entry<OutputFile, ReportFormat> file : files.entrySet()) {
            file.getKey().write(out -> file.getValue().write(report, out));
        }
    }
}
