package io.tta4j.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What contestants took.
 *
 * @param seconds by contestant, one value a round
 */
record Times(Map<String, Sample> seconds) {

    Set<String> names() {
        return seconds.keySet();
    }

    Sample of(String name) {
        return Objects.requireNonNull(seconds.get(name), name);
    }

    /** A Markdown table. */
    void print(PrintStream out) {
        out.println("| | median, ms | quartiles |");
        out.println("| --- | ---: | ---: |");
        seconds.forEach((name, sample) -> out.printf(
                Locale.ROOT,
                "| %s | %.1f | %.1f .. %.1f |%n",
                name,
                1e3 * sample.median(),
                1e3 * sample.quantile(0.25),
                1e3 * sample.quantile(0.75)));
        out.println();
    }

    /** Every time, as CSV. */
    void write(Path file) throws IOException {
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
            out.println("contestant,round,seconds");
            seconds.forEach((name, sample) -> {
                int round = 0;
                for (double value : sample.values()) {
                    out.printf(Locale.ROOT, "\"%s\",%d,%.6f%n", name, round++, value);
                }
            });
        }
    }
}
