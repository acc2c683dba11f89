package io.tta4j.examples.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {

    private static final State STATE = State.of(Vector.of(1, -0f, 1e-40f))
            .with("momentum", Vector.of(3))
            .with("lossAverage", Math.PI)
            .with("classes", List.of("ä", ""));

    @TempDir
    private Path folder;

    @Test
    void givesBackWhatItWasGivenLast() throws IOException {
        StateFolder keeper = new StateFolder(folder, "model", 3);
        assertThat(keeper.restore("a")).isEmpty();
        keeper.save("a", State.of(Vector.of(1, 2, 3)));
        keeper.save("a", STATE);
        keeper.save("b", State.of(Vector.of(4, 5, 6)));
        assertThat(new StateFolder(folder, "model", 3).restore("a")).hasValue(STATE);
        assertThat(keeper.restore("b")).hasValue(State.of(Vector.of(4, 5, 6)));
    }

    @Test
    void passesOverStatesOfOtherModels() throws IOException {
        new StateFolder(folder, "model", 3).save("a", STATE);
        assertThat(new StateFolder(folder, "another", 3).restore("a")).isEmpty();
        assertThat(new StateFolder(folder, "model", 4).restore("a")).isEmpty();
    }

    /** Every flipped byte and every early end. */
    @Test
    void refusesDamagedFiles() throws IOException {
        StateFolder keeper = new StateFolder(folder, "model", 3);
        keeper.save("a", STATE);
        Path file;
        try (Stream<Path> files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length; i++) {
            byte[] flipped = bytes.clone();
            flipped[i] ^= 0x10;
            Files.write(file, flipped);
            assertThatThrownBy(() -> keeper.restore("a")).isInstanceOf(IOException.class);
            byte[] torn = java.util.Arrays.copyOf(bytes, i);
            Files.write(file, torn);
            assertThatThrownBy(() -> keeper.restore("a")).isInstanceOf(IOException.class);
        }
    }
}
