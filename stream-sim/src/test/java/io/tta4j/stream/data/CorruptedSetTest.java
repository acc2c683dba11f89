package io.tta4j.stream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CorruptedSetTest {

    private static final byte[] TWO_IMAGES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

    @TempDir
    private Path folder;

    @Test
    void listsCorruptionsInTheOrderOfTheField() throws IOException {
        for (String name : new String[] {"zzz", "saturate", "fog", "abc", "gaussian_noise", "speckle_noise"}) {
            write(name, NpyArray.of(TWO_IMAGES, 2, 2, 1, 3));
        }
        write("labels", NpyArray.of(new byte[] {3, 1}, 2));
        Files.writeString(folder.resolve("README.txt"), "not an image");

        try (CorruptedSet set = CorruptedSet.open(folder)) {
            assertThat(set.corruptions())
                    .containsExactly("gaussian_noise", "fog", "speckle_noise", "saturate", "abc", "zzz");
            assertThat(set.labels()).containsExactly(3, 1);
        }
    }

    @Test
    void readsOneImageAtATime() throws IOException {
        write("fog", NpyArray.of(TWO_IMAGES, 2, 2, 1, 3));
        write("labels", NpyArray.of(new long[] {0, 9}, 2));

        try (CorruptedSet set = CorruptedSet.open(folder)) {
            Images fog = set.images("fog");
            byte[] image = new byte[6];
            fog.read(1, image);

            assertThat(fog.name()).isEqualTo("fog");
            assertThat(fog.count()).isEqualTo(2);
            assertThat(fog.shape()).isEqualTo(new ImageShape(2, 1, 3));
            assertThat(image).containsExactly(6, 7, 8, 9, 10, 11);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"labels", "snow"})
    void anUnknownCorruptionIsAnsweredWithThoseThereAre(String unknown) throws IOException {
        write("fog", NpyArray.of(TWO_IMAGES, 2, 2, 1, 3));
        write("labels", NpyArray.of(new long[] {0, 9}, 2));

        try (CorruptedSet set = CorruptedSet.open(folder)) {
            assertThatThrownBy(() -> set.images(unknown))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("corruption must be one of [fog], but was '%s'", unknown);
        }
    }

    @Test
    void everyImageNeedsALabel() throws IOException {
        write("fog", NpyArray.of(TWO_IMAGES, 2, 2, 1, 3));
        write("labels", NpyArray.of(new long[] {0, 9, 1}, 3));

        try (CorruptedSet set = CorruptedSet.open(folder)) {
            assertThatThrownBy(() -> set.images("fog"))
                    .isInstanceOf(DataException.class)
                    .hasMessage("labels.npy must have a label for each of the 2 images of fog.npy, but had 3");
        }
    }

    @Test
    void imagesAreBytesOfFourAxes() throws IOException {
        write("fog", NpyArray.of(new float[12], 2, 2, 1, 3));
        write("snow", NpyArray.of(TWO_IMAGES, 2, 6));
        write("labels", NpyArray.of(new long[] {0, 9}, 2));

        try (CorruptedSet set = CorruptedSet.open(folder)) {
            assertThatThrownBy(() -> set.images("fog"))
                    .hasMessage(
                            "fog.npy must be uint8 [images, height, width, channels], but was float32 [2, 2, 1, 3]");
            assertThatThrownBy(() -> set.images("snow"))
                    .hasMessage("snow.npy must be uint8 [images, height, width, channels], but was uint8 [2, 6]");
        }
    }

    @Test
    void labelsAreClassNumbers() throws IOException {
        write("fog", NpyArray.of(TWO_IMAGES, 2, 2, 1, 3));
        write("labels", NpyArray.of(new long[] {0, -1}, 2));
        assertThatThrownBy(() -> CorruptedSet.open(folder))
                .isInstanceOf(DataException.class)
                .hasMessage("labels.npy must hold class numbers from 0 on, but held -1 at row 1");

        write("labels", NpyArray.of(new float[] {0, 1}, 2));
        assertThatThrownBy(() -> CorruptedSet.open(folder))
                .hasMessage("labels.npy must hold integers, but held float32");

        write("labels", NpyArray.of(new long[] {0, 1}, 1, 2));
        assertThatThrownBy(() -> CorruptedSet.open(folder))
                .hasMessage("labels.npy must have shape [images], but had [1, 2]");
    }

    @Test
    void aFolderHoldsImagesAndLabels() throws IOException {
        assertThatThrownBy(() -> CorruptedSet.open(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> CorruptedSet.open(folder)).hasMessageContaining("must hold a <corruption>.npy");
        write("fog", NpyArray.of(TWO_IMAGES, 2, 2, 1, 3));
        assertThatThrownBy(() -> CorruptedSet.open(folder)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> CorruptedSet.open(folder.resolve("fog.npy")))
                .isInstanceOf(NotDirectoryException.class);
    }

    private void write(String name, NpyArray array) throws IOException {
        NpyFile.write(folder.resolve(name + ".npy"), array);
    }
}
