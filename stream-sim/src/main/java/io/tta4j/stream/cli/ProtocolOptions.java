package io.tta4j.stream.cli;

import io.tta4j.method.Method;
import io.tta4j.stream.data.LabelledSamples;
import io.tta4j.stream.replay.Protocol;
import io.tta4j.stream.replay.TimeConstraint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how methods are measured. */
final class ProtocolOptions {

    @Option(
            names = "--window",
            paramLabel = "N",
            description = "images in a window of the accuracy along a stream (default: " + Protocol.BATCHES_PER_WINDOW
                    + " batches, at least " + Protocol.LEAST_WINDOW + ")")
    private @Nullable Integer window;

    @Option(
            names = "--eta",
            paramLabel = "E",
            description =
                    "the stream waits for nobody: after a batch that a method adapted to in r times the time of a"
                            + " plain forward pass, max(0, ceil(E r) - 1) are only predicted; 1 is real time, 0 waits (default)")
    private @Nullable Double eta;

    @Option(
            names = "--cost-ratio",
            paramLabel = "R",
            split = ",",
            hideParamSyntax = true,
            description = "of --eta: what r is for every method, or METHOD=R,... for each; not measured then, so that"
                    + " results repeat")
    private List<String> costRatios = List.of();

    /**
     * The protocol.
     *
     * @param clean samples that are, if there are any
     * @throws IllegalArgumentException if an option is none, or they do not go together
     */
    Protocol protocol(List<Method> methods, Optional<LabelledSamples> clean) {
        Protocol protocol = Protocol.ofDefaults();
        if (window != null) {
            protocol = protocol.withWindow(window);
        }
        if (eta != null) {
            protocol = protocol.withTimeConstraint(new TimeConstraint(eta, ratios(methods)));
        } else if (!costRatios.isEmpty()) {
            throw new IllegalArgumentException("--cost-ratio must go with --eta, but there was no --eta");
        }
        return clean.map(protocol::withClean).orElse(protocol);
    }

    /** For every method that adapts, or for none. */
    private Map<String, Double> ratios(List<Method> methods) {
        List<String> adapting =
                methods.stream().filter(Method::adapts).map(Method::name).toList();
        Map<String, Double> ratios = new TreeMap<>();
        if (costRatios.size() == 1 && costRatios.get(0).indexOf('=') < 0) {
            double ratio = ratio(costRatios.get(0));
            adapting.forEach(method -> ratios.put(method, ratio));
            return ratios;
        }
        for (String assignment : costRatios) {
            int equals = assignment.indexOf('=');
            String method = assignment.substring(0, Math.max(equals, 0));
            if (!adapting.contains(method)) {
                throw new IllegalArgumentException(
                        "--cost-ratio must be a number, or METHOD=R for each of %s, but was '%s'"
                                .formatted(String.join(", ", adapting), assignment));
            }
            ratios.put(method, ratio(assignment.substring(equals + 1)));
        }
        if (!ratios.isEmpty() && ratios.size() < adapting.size()) {
            throw new IllegalArgumentException("--cost-ratio must be given for each of %s, but was for %s only"
                    .formatted(String.join(", ", adapting), String.join(", ", ratios.keySet())));
        }
        return ratios;
    }

    private static double ratio(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--cost-ratio must be a number, but was '%s'".formatted(text), e);
        }
    }

    /** What a report says of the protocol, in the order to be shown. */
    Map<String, Object> config(Protocol protocol, int batch) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("window", protocol.window(batch));
        Optional<TimeConstraint> constraint = protocol.timeConstraint();
        constraint.ifPresent(time -> {
            config.put("eta", time.eta());
            config.put("costRatio", time.costRatios().isEmpty() ? "measured" : time.costRatios());
        });
        protocol.clean().ifPresent(clean -> config.put("cleanImages", clean.labels().length));
        return config;
    }
}
