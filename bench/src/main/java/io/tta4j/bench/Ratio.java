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

    /** What a step may cost of PyTorch's with the same share of reliable samples, default layout, by network. */
    private static final Map<String, Map<Double, Double>> OF_PYTORCH =
            Map.of("resnet50_gn", Map.of(0.5, 0.55, 1.0, 0.85), "vit_b16", Map.of(0.5, 0.65, 1.0, 1.0));

    /** The ratios of a table, in its order. */
    static List<Ratio> all(String network, List<Double> shares, Collection<String> contestants) {
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
                    ratios.add(new Ratio(Names.step(share), name, limit(network, share, name)));
                }
            }
        }
        return ratios;
    }

    private static OptionalDouble limit(String network, double share, String name) {
        Double limit = OF_PYTORCH.getOrDefault(network, Map.of()).get(share);
        boolean isDefault = name.equals(Names.pyTorch("contiguous", Names.share(share)));
        return isDefault && limit != null ? OptionalDouble.of(limit) : OptionalDouble.empty();
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
