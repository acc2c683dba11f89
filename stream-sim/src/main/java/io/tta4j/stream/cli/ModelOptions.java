package io.tta4j.stream.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What to say of a model where its file leaves it open. */
final class ModelOptions {

    private static final String EXAMPLE =
            "must be an input and its extents behind the batch, such as tokens=128 or" + " image=3x224x224, but was ";

    @Option(
            names = "--logits",
            paramLabel = "NAME",
            description = "the output that holds the logits, where there are several (default: 'logits')")
    private @Nullable String logits;

    @Option(
            names = "--shape",
            paramLabel = "INPUT=AxB,...",
            split = ",",
            hideParamSyntax = true,
            description = "the extents of an input behind the batch, where the file leaves them open")
    private List<String> shapes = List.of();

    @Option(names = "--threads", paramLabel = "N", description = "threads of an operator (default: 0, one per core)")
    private int threads;

    @Option(
            names = "--rows-per-pass",
            paramLabel = "N",
            description = "samples in an adapting run at most, to bound memory (default: 0, the whole batch)")
    private int rowsPerPass;

    @Option(names = "--recompute", description = "run forward again for gradients, instead of keeping activations")
    private boolean recompute;

    @Option(
            names = "--provider",
            paramLabel = "P",
            description = "where the model runs: cpu (default), cuda[:N], tensorrt[:N], directml[:N] or coreml")
    private String provider = "cpu";

    /** Threads of an operator; 0: one per core. */
    int threads() {
        return threads;
    }

    /** Samples in an adapting run at most; 0: the whole batch. */
    int rowsPerPass() {
        return rowsPerPass;
    }

    /** Whether to run forward again for gradients. */
    boolean recompute() {
        return recompute;
    }

    /** Where the model runs. */
    String provider() {
        return provider;
    }

    Optional<String> logits() {
        return Optional.ofNullable(logits);
    }

    /**
     * The extents behind the batch, by input.
     *
     * @throws IllegalArgumentException if an option is none
     */
    Map<String, long[]> shapes() {
        Map<String, long[]> byInput = new LinkedHashMap<>();
        for (String shape : shapes) {
            int equals = shape.lastIndexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("--shape " + EXAMPLE + "'" + shape + "'");
            }
            byInput.put(shape.substring(0, equals), extents(shape, shape.substring(equals + 1)));
        }
        return byInput;
    }

    private static long[] extents(String shape, String text) {
        try {
            long[] extents = Arrays.stream(text.split("x", -1))
                    .mapToLong(Long::parseLong)
                    .toArray();
            if (Arrays.stream(extents).allMatch(extent -> extent > 0)) {
                return extents;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--shape " + EXAMPLE + "'" + shape + "'", e);
        }
        throw new IllegalArgumentException("--shape " + EXAMPLE + "'" + shape + "'");
    }
}
