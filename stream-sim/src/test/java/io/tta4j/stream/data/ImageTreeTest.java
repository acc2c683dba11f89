package io.tta4j.stream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.stream.image.Geometry;
import io.tta4j.stream.image.Interpolation;
import io.tta4j.stream.image.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageTreeTest {

    @TempDir
    private Path folder;

    @Test
    void classFoldersAreNumberedByName() throws IOException {
        picture("val/n02/b.png", 0x020202);
        picture("val/n02/a.PNG", 0x010101);
        picture("val/n01/deeper/z.png", 0x030303);
        Files.writeString(folder.resolve("val/n01/notes.txt"), "no image");
        picture("val/stray.png", 0x090909);

        try (DataSet set = open("val")) {
            assertThat(set.corruptions()).containsExactly("val");
            assertThat(set.labels()).containsExactly(0, 1, 1);
            assertThat(set.isInOrderOfNames()).isTrue();
            assertThat(reds(set, "val", 5)).containsExactly(3, 1, 2);
        }
    }

    @Test
    void aListSaysTheOrderOfTheClasses() throws IOException {
        picture("set/val/tench/a.png", 1);
        picture("set/val/goldfish/a.png", 2);
        picture("set/train/tench/a.png", 3);

        try (DataSet set = open("set", "tench", "shark", "goldfish")) {
            assertThat(set.labels()).containsExactly(2, 0);
            assertThat(set.isInOrderOfNames()).isFalse();
        }
        Files.writeString(folder.resolve("set/classes.txt"), "shark\n\ntench\ngoldfish\n");
        try (DataSet set = open("set")) {
            assertThat(set.labels()).containsExactly(2, 1);
        }
        try (DataSet set = DataSets.open(folder.resolve("set"), Split.TRAIN, List.of())) {
            assertThat(set.labels()).containsExactly(1);
        }
        assertThatThrownBy(() -> open("set", "tench", "shark"))
                .isInstanceOf(DataException.class)
                .hasMessage("val must have classes of the given list of 2, but had 'goldfish'");
    }

    @Test
    void corruptionsAndSeveritiesAreFolders() throws IOException {
        for (int severity : new int[] {3, 5}) {
            for (String corruption : List.of("snow", "gaussian_noise", "own")) {
                int red = (corruption.length() * 16 + severity) << 16;
                picture("c/%s/%d/n01/a.png".formatted(corruption, severity), red);
                picture("c/%s/%d/n02/a.png".formatted(corruption, severity), red + (1 << 16));
            }
        }
        picture("c/snow/1/n01/a.png", 0);

        try (DataSet set = open("c")) {
            assertThat(set.corruptions()).containsExactly("gaussian_noise", "snow", "own");
            assertThat(set.severities()).containsExactly(3, 5);
            assertThat(set.labels()).containsExactly(0, 1);
            assertThat(reds(set, "snow", 5)).containsExactly(69, 70);
            assertThat(reds(set, "own", 3)).containsExactly(51, 52);
            assertThat(set.samples(new Domain("own", 3), Geometry.none()).name())
                    .isEqualTo("own-3");
            assertThatThrownBy(() -> set.samples(new Domain("fog", 3), Geometry.none()))
                    .hasMessage("corruption must be one of [gaussian_noise, snow, own], but was 'fog'");
            assertThatThrownBy(() -> set.samples(new Domain("snow", 1), Geometry.none()))
                    .hasMessage("severity must be one of [3, 5], but was 1");
        }
        try (DataSet set = open("c/own")) {
            assertThat(set.corruptions()).containsExactly("own");
            assertThat(set.severities()).containsExactly(3, 5);
        }
    }

    @Test
    void classesThatAreCalledAsSeveritiesAreClasses() throws IOException {
        picture("digits/1/a.png", 1);
        picture("digits/2/a.png", 2);

        try (DataSet set = open("digits")) {
            assertThat(set.corruptions()).containsExactly("digits");
            assertThat(set.labels()).containsExactly(0, 1);
        }
    }

    @Test
    void everyCorruptionHoldsTheSameFiles() throws IOException {
        picture("c/snow/5/n01/a.png", 1);
        picture("c/fog/5/n01/a.png", 1);
        picture("c/fog/5/n01/b.png", 1);

        try (DataSet set = open("c")) {
            assertThatThrownBy(() -> set.samples(new Domain("fog", 5), Geometry.none()))
                    .isInstanceOf(DataException.class)
                    .hasMessage("every corruption must hold the same files, but where fog/5 has n01/b.png the first one"
                            + " has no more");
        }
    }

    @Test
    void tinyImageNetHasAFileOfLabels() throws IOException {
        picture("tiny/val/images/val_0.png", 0x050000);
        picture("tiny/val/images/val_1.png", 0x060000);
        Files.writeString(
                folder.resolve("tiny/val/val_annotations.txt"),
                "val_1.png\tn02\t0\t0\t62\t62\nval_0.png\tn07\t1\t2\t3\t4\n");
        picture("tiny/train/n07/images/n07_0.png", 0x070000);
        picture("tiny/train/n02/images/n02_0.png", 0x080000);
        picture("tiny/test/images/test_0.png", 0);

        try (DataSet set = open("tiny")) {
            assertThat(set.labels()).containsExactly(1, 0);
            assertThat(reds(set, "val", 5)).containsExactly(5, 6);
        }
        try (DataSet set = DataSets.open(folder.resolve("tiny"), Split.TRAIN, List.of())) {
            assertThat(set.labels()).containsExactly(0, 1);
            assertThat(reds(set, "train", 5)).containsExactly(8, 7);
        }
    }

    @Test
    void imagesGetOneSize() throws IOException {
        Pictures.write(folder.resolve("val/n01/a.png"), 4, 6, 0x0a0000);
        Pictures.write(folder.resolve("val/n01/b.png"), 8, 5, 0x0b0000);
        Geometry crop = new Geometry(Optional.empty(), Optional.of(new Size(3, 3)), Interpolation.BILINEAR);

        try (DataSet set = open("val")) {
            Samples cropped = set.samples(new Domain("val", 5), crop);
            assertThat(cropped.format()).isEqualTo(new ImageShape(3, 3, 3));
            assertThat(red(cropped, 1)).isEqualTo(11);

            Samples own = set.samples(new Domain("val", 5), Geometry.none());
            assertThat(own.format()).isEqualTo(new ImageShape(4, 6, 3));
            assertThatThrownBy(() -> red(own, 1))
                    .isInstanceOf(DataException.class)
                    .hasMessage("n01/b.png must be 4x6x3 as the first image, but was 8x5x3: resize or crop them");
        }
    }

    @Test
    void aDamagedFileIsNamedAndTheOthersStayReadable() throws IOException {
        picture("c/fog/5/n01/a.png", 0x0a0000);
        picture("c/fog/5/n01/b.png", 0x0b0000);
        picture("c/fog/5/n01/c.png", 0x0c0000);
        Path first = folder.resolve("c/fog/5/n01/a.png");
        Files.write(first, Arrays.copyOf(Files.readAllBytes(first), 40));
        Files.writeString(folder.resolve("c/fog/5/n01/b.png"), "no image");

        try (DataSet set = open("c")) {
            Samples samples = set.samples(new Domain("fog", 5), Geometry.none());
            assertThatThrownBy(() -> red(samples, 0))
                    .isInstanceOf(BadSampleException.class)
                    .hasMessageStartingWith("fog/5/n01/a.png cannot be used: it is damaged");
            assertThatThrownBy(() -> red(samples, 1))
                    .isInstanceOf(BadSampleException.class)
                    .hasMessage("fog/5/n01/b.png cannot be used: it is no JPEG, PNG, BMP or TIFF");
            assertThat(red(samples, 2)).isEqualTo(12);
        }
    }

    @Test
    void aFolderOfNothingSaysWhatIsRead() throws IOException {
        Files.createDirectories(folder.resolve("empty"));

        assertThatThrownBy(() -> open("empty"))
                .isInstanceOf(DataException.class)
                .hasMessage("empty must hold <corruption>.npy and labels.npy, .npz files, CIFAR's .bin files, or class"
                        + " folders of images, but held none of these");
    }

    private DataSet open(String name, String... classes) throws IOException {
        return DataSets.open(folder.resolve(name), Split.TEST, List.of(classes));
    }

    private void picture(String file, int rgb) throws IOException {
        Pictures.write(folder.resolve(file), 2, 2, rgb);
    }

    private static List<Integer> reds(DataSet set, String corruption, int severity) throws IOException {
        Samples samples = set.samples(new Domain(corruption, severity), Geometry.none());
        Integer[] reds = new Integer[samples.count()];
        for (int i = 0; i < reds.length; i++) {
            reds[i] = red(samples, i);
        }
        return List.of(reds);
    }

    private static int red(Samples samples, int index) throws IOException {
        byte[] pixels = new byte[samples.format().bytes()];
        samples.read(index, pixels);
        return pixels[0];
    }
}
