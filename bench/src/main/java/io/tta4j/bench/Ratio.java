package io.tta4j.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Two contestants whose times are compared.
 *
 * @param limit what the ratio must not exceed, where that was set
 */
record Ratio(String numerator, String denominator, OptionalDouble limit) {

    /** What a step may cost of PyTorch's with the same share of reliable samples, default layout, by ONNX file. */
    private static final Map<String, Map<Double, Double>> OF_PYTORCH =
            Map.of("resnet50_gn.onnx", Map.of(0.5, 0.55, 1.0, 0.85), "vit_b16.onnx", Map.of(0.5, 0.65, 1.0, 1.0));

    /** What a step on libtorch may cost of PyTorch's, default layout. */
    private static final double TORCHSCRIPT_OF_PYTORCH = 1.15;

    /** The ratios of a table, in its order: those of contestants that are there. */
    static List<Ratio> all(String file, List<Double> shares, Collection<String> contestants) {
        return possible(file, shares, contestants).stream()
                .filter(ratio -> contestants.contains(ratio.numerator) && contestants.contains(ratio.denominator))
                .toList();
    }

    private static List<Ratio> possible(String file, List<Double> shares, Collection<String> contestants) {
        List<Ratio> ratios = new ArrayList<>();
        ratios.add(new Ratio(Names.UNSPUN, Names.PLAIN, OptionalDouble.empty()));
        ratios.add(new Ratio(Names.DISABLED, Names.PLAIN, OptionalDouble.of(1.02)));
        ratios.add(new Ratio(Names.SOURCE, Names.PLAIN, OptionalDouble.of(1.02)));
        ratios.add(new Ratio(Names.SERVE, Names.PLAIN, OptionalDouble.of(1.05)));
        ratios.add(new Ratio(Names.SERVE, Names.UNSPUN, OptionalDouble.empty()));
        for (double share : shares) {
            // Forward f on every batch; pullback, second forward and pullback, about f each, on the reliable rows.
            ratios.add(new Ratio(Names.step(share), Names.PLAIN, OptionalDouble.of(1.15 * (1 + 3 * share))));
            ratios.add(new Ratio(Names.step(share), Names.UNSPUN, OptionalDouble.empty()));
        }
        for (String name : contestants) {
            if (name.startsWith("PyTorch") && name.endsWith(", forward")) {
                ratios.add(new Ratio(Names.PLAIN, name, OptionalDouble.empty()));
            }
            for (double share : shares) {
                String step = ", " + Names.share(share);
                if (name.startsWith("PyTorch") && (name.endsWith(step) || name.endsWith(step + Names.ALL_TRAINABLE))) {
                    ratios.add(new Ratio(Names.step(share), name, limit(file, share, name)));
                }
            }
        }
        return ratios;
    }

    private static OptionalDouble limit(String file, double share, String name) {
        if (!name.equals(Names.pyTorch("contiguous", Names.share(share)))) {
            return OptionalDouble.empty();
        }
        Double limit = file.endsWith(".pt")
                ? Double.valueOf(TORCHSCRIPT_OF_PYTORCH)
                : OF_PYTORCH.getOrDefault(file, Map.of()).get(share);
        return limit == null ? OptionalDouble.empty() : OptionalDouble.of(limit);
    }

    /** A Markdown table. */
    static void print(PrintStream out, List<Ratio> ratios, Times times) {
        out.println("| ratio | of medians | quartiles of pairs | at most |");
        out.println("| --- | ---: | ---: | ---: |");
        for (Ratio ratio : ratios) {
            Sample numerator = times.of(ratio.numerator());
            Sample denominator = times.of(ratio.denominator());
            Sample quotients = numerator.over(denominator);
            out.printf(
                    Locale.ROOT,
                    "| %s / %s | %.3f | %.3f .. %.3f | %s |%n",
                    ratio.numerator(),
                    ratio.denominator(),
                    numerator.median() / denominator.median(),
                    quotients.quantile(0.25),
                    quotients.quantile(0.75),
                    ratio.limit().isPresent()
                            ? String.format(Locale.ROOT, "%.3f", ratio.limit().getAsDouble())
                            : "");
        }
        out.println();
    }
}
