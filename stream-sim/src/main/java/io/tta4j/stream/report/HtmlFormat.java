package io.tta4j.stream.report;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes one HTML page: the template with its stylesheet and script, Chart.js, the report's JSON without which answer
 * was right, and the gallery.
 */
final class HtmlFormat implements ReportFormat {

    private static final Pattern PLACEHOLDER = Pattern.compile("@(STYLE|DATA|GALLERY|CHART|SCRIPT)@");

    @Override
    public void write(ReplayReport report, OutputStream out) throws IOException {
        Map<String, String> parts = Map.of(
                "STYLE", own("report.css"),
                "DATA", escape(new JsonFormat(false).line(report)),
                "GALLERY", escape(Gallery.json(report)),
                "CHART", chartJs(),
                "SCRIPT", own("report.js") + own("sessions.js"));
        String page = PLACEHOLDER
                .matcher(own("report.html"))
                .replaceAll(match -> Matcher.quoteReplacement(Objects.requireNonNull(parts.get(match.group(1)))));
        out.write(page.getBytes(StandardCharsets.UTF_8));
    }

    /** JSON that cannot end the script element it stands in, nor open a comment there. */
    private static String escape(String json) {
        return json.replace("<", "\\u003c");
    }

    /** Without the reference to its source map, which a browser's tools would look for. */
    private static String chartJs() throws IOException {
        String version = Artifacts.version("org.webjars.npm", "chart.js").orElse("");
        return resource("/META-INF/resources/webjars/chart.js/" + version + "/dist/chart.umd.min.js")
                .replaceAll("(?m)^//# sourceMappingURL=.*$", "");
    }

    private static String own(String name) throws IOException {
        return resource("/io/tta4j/stream/report/" + name);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = HtmlFormat.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException("a report needs " + name + " on the class path, but there was none");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
