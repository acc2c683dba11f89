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
