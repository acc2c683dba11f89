package io.tta4j.stream.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpzFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The images that {@code tools/preprocessing/make_fixtures.py} wrote. */
final class Fixtures {

    private Fixtures() {}

    static byte[] bytes(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(Fixtures.class.getResourceAsStream(file), file)) {
            return in.readAllBytes();
        }
    }

    /** The largest difference between an image and the array of a name. */
    static int difference(RgbImage actual, String name) throws IOException {
        NpyArray expected = expected(name);
        assertThat(expected.shape()).isEqualTo(List.of(actual.height(), actual.width(), RgbImage.CHANNELS));
        int largest = 0;
        for (int i = 0; i < actual.pixels().length; i++) {
            largest = Math.max(
                    largest,
                    Math.abs((actual.pixels()[i] & 0xff) - (expected.bytes().get(i) & 0xff)));
        }
        return largest;
    }

    private static NpyArray expected(String name) throws IOException {
        Path file = Files.createTempFile("expected", ".npz");
        try {
            Files.write(file, bytes("expected.npz"));
            try (NpzFile arrays = NpzFile.open(file)) {
                return arrays.array(name);
            }
        } finally {
            Files.delete(file);
        }
    }
}
