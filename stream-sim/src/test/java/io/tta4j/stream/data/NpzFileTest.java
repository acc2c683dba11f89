package io.tta4j.stream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NpzFileTest {

    @TempDir
    private Path folder;

    @Test
    void readsWhatNumPyWrote() throws IOException {
        Path file = Files.write(folder.resolve("a.npz"), NumPy.NPZ);

        try (NpzFile npz = NpzFile.open(file)) {
            assertThat(npz.names()).containsExactly("layer.weight", "n");
            assertThat(npz.array("layer.weight").floats()).containsExactly(1, 2);
            assertThat(npz.array("n").integers()).containsExactly(3);
            assertThatThrownBy(() -> npz.array("m"))
                    .isInstanceOf(DataException.class)
                    .hasMessage("a.npz must hold an array 'm', but held [layer.weight, n]");
        }
    }

    @Test
    void survivesARoundTripAndDependsOnTheArraysAlone() throws IOException {
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        arrays.put("z.weight", NpyArray.of(new float[] {1, 2, 3}, 3));
        arrays.put("a", NpyArray.of(new byte[] {9, 8}, 1, 2));
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        ByteArrayOutputStream second = new ByteArrayOutputStream();

        NpzFile.write(first, arrays);
        NpzFile.write(second, arrays);

        assertThat(first.toByteArray()).isEqualTo(second.toByteArray());
        try (NpzFile npz = NpzFile.open(Files.write(folder.resolve("b.npz"), first.toByteArray()))) {
            assertThat(npz.names()).containsExactly("z.weight", "a");
            assertThat(npz.array("z.weight").floats()).containsExactly(1, 2, 3);
            assertThat(npz.array("a").shape()).containsExactly(1, 2);
        }
    }

    @Test
    void aTextFileIsNoNpz() throws IOException {
        Path file = Files.writeString(folder.resolve("c.npz"), "not a zip file");

        assertThatThrownBy(() -> NpzFile.open(file))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("c.npz must be an .npz file");
    }
}
