package io.tta4j.stream.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Which part of a data set that comes in parts. */
public enum Split {
    TEST,
    TRAIN;

    /**
     * The part that a text names.
     *
     * @param option what the text was given for
     * @throws IllegalArgumentException if it names none
     */
    public static Split parse(String option, String text) {
        return Arrays.stream(values())
                .filter(value -> value.toString().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("%s must be test or train, but was '%s'".formatted(option, text)));
    }

    /**
     * CIFAR's binary files of this part, in order.
     *
     * @param folder where they lie; other files are left out
     * @throws IOException if it cannot be read
     */
    public List<Path> binaryFiles(Path folder) throws IOException {
        String names = switch (this) {
            case TEST -> "test_batch\\.bin|test\\.bin";
            case TRAIN -> "data_batch_\\d+\\.bin|train\\.bin";
        };
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().matches(names))
                    .sorted()
                    .toList();
        }
    }

    /** What a folder of this part is called, the likeliest name first: Tiny-ImageNet's {@code test} has no labels. */
    List<String> folders() {
        return switch (this) {
            case TEST -> List.of("val", "test");
            case TRAIN -> List.of("train");
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
