package io.tta4j.stream.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.stream.corruption.Corruptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportDemoSetTest {

    @Test
    void writesTheSplitsAndTheCorruptions(@TempDir Path folder) throws Exception {
        ExportDemoSet.main(new String[] {folder.toString(), "4", "3", "5"});
        assertThat(folder.resolve("train-images.npy")).hasSize(128 + 4 * 3072);
        assertThat(folder.resolve("train-labels.npy")).hasSize(128 + 4);
        assertThat(folder.resolve("tuning-labels.npy")).hasSize(128 + 3);
        assertThat(folder.resolve("held-out-labels.npy")).hasSize(128 + 3);
        byte[] clean = Files.readAllBytes(folder.resolve("held-out-images.npy"));
        assertThat(Arrays.copyOfRange(clean, 128 + 2 * 3072, clean.length))
                .isEqualTo(TexturedShapes.image(TexturedShapes.HELD_OUT_SEED, 2));
        for (String name : Corruptions.names()) {
            assertThat(folder.resolve("tuning-" + name + "-5.npy")).hasSize(128 + 3 * 3072);
            assertThat(folder.resolve("held-out-" + name + "-5.npy")).hasSize(128 + 3 * 3072);
        }
    }
}
