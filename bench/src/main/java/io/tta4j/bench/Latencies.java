package io.tta4j.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Latencies of a plain service and of tta4j, stretch by stretch. One hiccup of the machine is a stretch's tail, and of
 * all stretches together too: ratios are those of the median stretch, with quartiles.
 */
final class Latencies {

    private static final int DIGITS = 3;

    private final List<Histogram> plain = new ArrayList<>();
    private final List<Histogram> adapting = new ArrayList<>();

    /** Adds a stretch of the plain service, in nanoseconds. */
    void plain(Histogram stretch) {
        plain.add(stretch);
    }

    /** Adds a stretch of tta4j under the same load, in nanoseconds. */
    void adapting(Histogram stretch) {
        adapting.add(stretch);
    }

    long requests() {
        return plain.stream().mapToLong(Histogram::getTotalCount).sum();
    }

    /**
     * A Markdown table.
     *
     * @param limits what a percentile's ratio must not exceed, or nothing
     */
    void print(PrintStream out, Function<Double, String> limits) {
        out.println(
                "| latency, ms | plain | tta4j | ratio, median stretch | quartiles | plain, all | tta4j, all | at most |");
        out.println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (double percentile : new double[] {50, 90, 99, 99.9}) {
            Sample before = sample(plain, percentile);
            Sample now = sample(adapting, percentile);
            Sample ratios = now.over(before);
            out.printf(
                    Locale.ROOT,
                    "| p%s | %.2f | %.2f | %.3f | %.3f .. %.3f | %.2f | %.2f | %s |%n",
                    percentile == Math.rint(percentile)
                            ? Long.toString((long) percentile)
                            : Double.toString(percentile),
                    before.median(),
                    now.median(),
                    ratios.median(),
                    ratios.quantile(0.25),
                    ratios.quantile(0.75),
                    milliseconds(all(plain), percentile),
                    milliseconds(all(adapting), percentile),
                    limits.apply(percentile));
        }
    }

    private static Sample sample(List<Histogram> stretches, double percentile) {
        return Sample.of(IntStream.range(0, stretches.size())
                .mapToDouble(i -> milliseconds(stretches.get(i), percentile))
                .toArray());
    }

    private static double milliseconds(Histogram latencies, double percentile) {
        return latencies.getValueAtPercentile(percentile) * 1e-6;
    }

    private static Histogram all(List<Histogram> stretches) {
        Histogram all = new Histogram(DIGITS);
        stretches.forEach(all::add);
        return all;
    }
}
