package io.tta4j.stream.report;

import java.io.IOException;
import java.io.OutputStream;

/** A way to write a report. */
@FunctionalInterface
public interface ReportFormat {

    /** One JSON object: results, summary, config, environment; see {@code docs/protocol.md}. */
    ReportFormat JSON = new JsonFormat(true);

    /** As {@link #JSON}, without which answer was right: smaller, and not to be compared image by image. */
    ReportFormat JSON_WITHOUT_HITS = new JsonFormat(false);

    /** A line for each result, after a line of column names. */
    ReportFormat CSV = new CsvFormat();

    /** One HTML page with plots that needs no other file and no network. */
    ReportFormat HTML = new HtmlFormat();

    /** Writes the report in UTF-8; leaves {@code out} open. */
    void write(ReplayReport report, OutputStream out) throws IOException;
}
