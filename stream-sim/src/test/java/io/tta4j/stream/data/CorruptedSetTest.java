package io.tta4j.stream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.stream.image.Geometry;
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
            Images fog = set.samples(Domain.of("fog"), Geometry.none());
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
            assertThatThrownBy(() -> set.samples(Domain.of(unknown), Geometry.none()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("corruption must be one of [fog], but was '%s'", unknown);
        }
    }

    @Test
    void everyImageNeedsALabel() throws IOException {
        write("fog", NpyArray.of(TWO_IMAGES, 2, 2, 1, 3));
        write("labels", NpyArray.of(new long[] {0, 9, 1}, 3));

        try (CorruptedSet set = CorruptedSet.open(folder)) {
            assertThatThrownBy(() -> set.samples(Domain.of("fog"), Geometry.none()))
                    .isInstanceOf(DataException.class)
                    .hasMessage("labels.npy must have a label for each of the 2 images of fog.npy, but had 3");
        }
    }

    @Test
    void imagesAreBytesOfFourAxes() throws IOException {
        write("labels", NpyArray.of(new long[] {0, 9}, 2));
        write("fog", NpyArray.of(TWO_IMAGES, 2, 2, 1, 3));
        write("snow", NpyArray.of(TWO_IMAGES, 2, 6));
        write("zoom_blur", NpyArray.of(new float[12], 2, 2, 1, 3));

        assertThatThrownBy(() -> CorruptedSet.open(folder))
                .hasMessage(
                        "zoom_blur.npy must be uint8 [images, height, width, channels], but was float32 [2, 2, 1, 3]");
        Files.delete(folder.resolve("zoom_blur.npy"));
        write("brightness", NpyArray.of(TWO_IMAGES, 2, 2, 1, 3));
        Files.move(folder.resolve("snow.npy"), folder.resolve("spatter.npy"));
        try (CorruptedSet set = CorruptedSet.open(folder)) {
            assertThatThrownBy(() -> set.samples(Domain.of("spatter"), Geometry.none()))
                    .hasMessage("spatter.npy must be uint8 [images, height, width, channels], but was uint8 [2, 6]");
        }
    }

    /** As many images as pixel values, each of them its own grey and a little brighter at each severity. */
    private static byte[] blocks(int images, int severities) {
        byte[] pixels = new byte[images * severities];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (20 * (i % images) + i / images);
        }
        return pixels;
    }

    private static int pixel(Images images, int index) throws IOException {
        byte[] pixels = new byte[1];
        images.read(index, pixels);
        return Byte.toUnsignedInt(pixels[0]);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void severitiesMayComeOneAfterAnotherInEachFile(boolean labelsRepeat) throws IOException {
        byte[] labels = {3, 1, 4, 1, 5, 9};
        write("fog", NpyArray.of(blocks(6, 5), 30, 1, 1, 1));
        byte[] repeated = new byte[30];
        for (int i = 0; i < 30; i++) {
            repeated[i] = labels[i % 6];
        }
        write("labels", labelsRepeat ? NpyArray.of(repeated, 30) : NpyArray.of(labels, 6));

        try (CorruptedSet set = CorruptedSet.open(folder)) {
            assertThat(set.severities()).containsExactly(1, 2, 3, 4, 5);
            assertThat(set.labels()).containsExactly(3, 1, 4, 1, 5, 9);
            Images three = set.samples(new Domain("fog", 3), Geometry.none());
            assertThat(three.count()).isEqualTo(6);
            assertThat(three.name()).isEqualTo("fog-3");
            assertThat(pixel(three, 0)).isEqualTo(2);
            assertThat(pixel(three, 5)).isEqualTo(102);
            assertThat(pixel(set.samples(Domain.of("fog"), Geometry.none()), 5)).isEqualTo(104);
        }
    }

    @Test
    void labelsThatRepeatByChanceMakeNoSeverities() throws IOException {
        // Thirty images of six classes in turn, of which none looks like another.
        byte[] pixels = new byte[30];
        byte[] labels = new byte[30];
        for (int i = 0; i < 30; i++) {
            pixels[i] = (byte) (i * 97);
            labels[i] = (byte) (i % 6);
        }
        write("fog", NpyArray.of(pixels, 30, 1, 1, 1));
        write("labels", NpyArray.of(labels, 30));

        try (CorruptedSet set = CorruptedSet.open(folder)) {
            assertThat(set.severities()).containsExactly(5);
            assertThat(set.labels()).hasSize(30);
            assertThat(set.samples(Domain.of("fog"), Geometry.none()).count()).isEqualTo(30);
        }
    }

    @Test
    void severitiesMayHaveFolders() throws IOException {
        for (int severity : new int[] {2, 5}) {
            Files.createDirectories(folder.resolve("severity" + severity));
            write("severity%d/fog".formatted(severity), NpyArray.of(new byte[] {(byte) severity, 7}, 2, 1, 1, 1));
            write("severity%d/labels".formatted(severity), NpyArray.of(new byte[] {3, 1}, 2));
        }
        write("severity2/snow", NpyArray.of(new byte[2], 2, 1, 1, 1));
        write("clean", NpyArray.of(new byte[2], 2, 1, 1, 1));

        try (CorruptedSet set = CorruptedSet.open(folder)) {
            assertThat(set.corruptions()).containsExactly("fog");
            assertThat(set.severities()).containsExactly(2, 5);
            assertThat(set.labels()).containsExactly(3, 1);
            assertThat(pixel(set.samples(new Domain("fog", 2), Geometry.none()), 0))
                    .isEqualTo(2);
            assertThatThrownBy(() -> set.samples(new Domain("fog", 3), Geometry.none()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("severity must be one of [2, 5], but was 3");
        }
        write("severity5/labels", NpyArray.of(new byte[] {3, 2}, 2));
        assertThatThrownBy(() -> CorruptedSet.open(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("must have the same labels at each severity, but had others in severity5 than in"
                        + " severity2");
        write("labels", NpyArray.of(new byte[] {8, 9}, 2));
        try (CorruptedSet set = CorruptedSet.open(folder)) {
            assertThat(set.labels()).containsExactly(8, 9);
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
