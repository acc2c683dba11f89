package io.tta4j.stream.data;

import java.util.List;
import java.util.Locale;

/** Which part of a data set that comes in parts. */
public enum Split {
    TEST,
    TRAIN;

    /** What CIFAR's binary files of this part are called: a regular expression. */
    String binary() {
        return switch (this) {
            case TEST -> "test_batch\\.bin|test\\.bin";
            case TRAIN -> "data_batch_\\d+\\.bin|train\\.bin";
        };
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
