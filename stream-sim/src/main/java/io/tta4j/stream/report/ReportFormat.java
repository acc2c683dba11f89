package io.tta4j.stream.report;

import java.io.IOException;
import java.io.OutputStream;

/** A way to write a report. */
@FunctionalInterface
public interface ReportFormat {

    /** One JSON object: results, config, environment; see {@code tta replay --help}. */
    ReportFormat JSON = new JsonFormat();

    /** A line for each result, after a line of column names. */
    ReportFormat CSV = new CsvFormat();

    /** One HTML page with plots that needs no other file and no network. */
    ReportFormat HTML = new HtmlFormat();

    /** Writes the report in UTF-8; leaves {@code out} open. */
    void write(ReplayReport report, OutputStream out) throws IOException;
}
