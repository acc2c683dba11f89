package io.tta4j.stream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.stream.image.Geometry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CifarBinaryTest {

    @TempDir
    private Path folder;

    @Test
    void aRecordOfCifar10IsALabelAndThreePlanes() throws IOException {
        write("test_batch.bin", record(1, 10, 7), record(2, 20, 9));
        write("data_batch_1.bin", record(3, 30, 1));

        try (DataSet set = open(Split.TEST)) {
            assertThat(set.corruptions()).containsExactly("test");
            assertThat(set.labels()).containsExactly(7, 9);
            assertThat(pixels(set, 0)).isEqualTo(expected(1, 10));
            assertThat(pixels(set, 1)).isEqualTo(expected(2, 20));
        }
    }

    @Test
    void theTrainingSplitIsAllItsFilesInOrder() throws IOException {
        write("data_batch_2.bin", record(4, 40, 2), record(5, 50, 3));
        write("data_batch_1.bin", record(3, 30, 1));
        write("test_batch.bin", record(1, 10, 7));

        try (DataSet set = open(Split.TRAIN)) {
            assertThat(set.labels()).containsExactly(1, 2, 3);
            assertThat(pixels(set, 2)).isEqualTo(expected(5, 50));
        }
    }

    @Test
    void cifar100HasACoarseLabelBeforeTheFineOne() throws IOException {
        write("test.bin", record(1, 10, 19, 99), record(2, 20, 0, 42));

        try (DataSet set = open(Split.TEST)) {
            assertThat(set.labels()).containsExactly(99, 42);
            assertThat(pixels(set, 1)).isEqualTo(expected(2, 20));
        }
        try (DataSet set = DataSets.open(folder.resolve("test.bin"), Split.TEST, List.of())) {
            assertThat(set.labels()).containsExactly(99, 42);
        }
    }

    @Test
    void filesThatAreNotWhatTheyMustBeAreNamed() throws IOException {
        write("train.bin", record(1, 10, 0, 0));
        assertThatThrownBy(() -> open(Split.TEST))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("must hold CIFAR's binary files of the test split, but held none");

        Files.write(folder.resolve("test_batch.bin"), new byte[3073 + 5]);
        assertThatThrownBy(() -> open(Split.TEST))
                .hasMessage("test_batch.bin must be whole records of 3073 bytes, but had 3078 bytes");

        write("test_batch.bin", record(1, 10, 3), record(1, 10, 10));
        assertThatThrownBy(() -> open(Split.TEST))
                .hasMessage("test_batch.bin must have labels in 0..9, but record 1 had 10");
    }

    private DataSet open(Split split) throws IOException {
        return DataSets.open(folder, split, List.of());
    }

    private static byte[] pixels(DataSet set, int index) throws IOException {
        String corruption = set.corruptions().get(0);
        Samples samples = set.samples(Domain.of(corruption), Geometry.none());
        assertThat(samples.format()).isEqualTo(new ImageShape(32, 32, 3));
        byte[] pixels = new byte[samples.format().bytes()];
        samples.read(index, pixels);
        return pixels;
    }

    /** A gradient of reds from the first value on, one green, blues that fall. */
    private static byte[] record(int red, int green, int... labels) {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        Arrays.stream(labels).forEach(record::write);
        for (int i = 0; i < 1024; i++) {
            record.write(red + i);
        }
        for (int i = 0; i < 1024; i++) {
            record.write(green);
        }
        for (int i = 0; i < 1024; i++) {
            record.write(1024 - i);
        }
        return record.toByteArray();
    }

    private static byte[] expected(int red, int green) {
        byte[] pixels = new byte[3072];
        for (int i = 0; i < 1024; i++) {
            pixels[3 * i] = (byte) (red + i);
            pixels[3 * i + 1] = (byte) green;
            pixels[3 * i + 2] = (byte) (1024 - i);
        }
        return pixels;
    }

    private void write(String name, byte[]... records) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (byte[] record : records) {
            file.writeBytes(record);
        }
        Files.write(folder.resolve(name), file.toByteArray());
    }
}
