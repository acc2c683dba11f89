package io.tta4j.stream.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.stream.image.Geometry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SelectionTest {

    @TempDir
    private Path folder;

    /** Rows 0 to 3 are of class 0, row 4 of class 1, rows 5 to 7 of class 2. */
    @ParameterizedTest
    @CsvSource({
        "1, 0",
        "2, 0 4",
        "3, 0 4 5",
        "4, 0 1 4 5",
        "5, 0 1 4 5 6",
        "7, 0 1 2 4 5 6 7",
        "8, 0 1 2 3 4 5 6 7",
        "9, 0 1 2 3 4 5 6 7",
    })
    void filesAreTakenClassByClassInTurn(int limit, String rows) throws IOException {
        try (DataSet set = tree(4, 1, 3)) {
            Selection selection = Selection.of(set, limit);
            Samples all = set.samples(set.first(), Geometry.none());

            List<Integer> expected = numbers(rows);
            assertThat(selection.rows().boxed()).isEqualTo(expected);
            int[] labels = set.labels();
            assertThat(selection.labels())
                    .containsExactly(
                            expected.stream().mapToInt(row -> labels[row]).toArray());
            assertThat(reds(selection.of(all))).isEqualTo(expected);
            LabelledSamples labelled = selection.of(LabelledSamples.of(all, labels));
            assertThat(labelled.labels()).isEqualTo(selection.labels());
            assertThat(labelled.samples().domain()).isEqualTo(all.domain());
        }
    }

    @Test
    void ofArraysTheFirstAreTaken() throws IOException {
        NpyFile.write(folder.resolve("images.npy"), NpyArray.of(new byte[6 * 12], 6, 2, 2, 3));
        NpyFile.write(folder.resolve("labels.npy"), NpyArray.of(new byte[] {0, 0, 0, 1, 1, 2}, 6));

        try (DataSet set = DataSets.openSingle(folder, Split.TEST, List.of())) {
            Samples all = set.samples(set.first(), Geometry.none());

            assertThat(Selection.of(set, 4).rows()).containsExactly(0, 1, 2, 3);
            assertThat(Selection.of(set, 4).labels()).containsExactly(0, 0, 0, 1);
            assertThat(Selection.of(set, 4).of(all)).isSameAs(all);
            assertThat(Selection.of(set, 7).labels()).isEqualTo(set.labels());
        }
    }

    @Test
    void arraysNeedNoLabels() throws IOException {
        NpyFile.write(folder.resolve("images.npy"), NpyArray.of(new byte[6 * 12], 6, 2, 2, 3));

        try (DataSet set = DataSets.openUnlabelled(folder, Split.TEST, List.of())) {
            assertThat(Selection.of(set, 4).rows()).containsExactly(0, 1, 2, 3);
            assertThat(Selection.of(set, 4).labels()).isEmpty();
        }
    }

    /** So many images of each class, the red of each its row. */
    private DataSet tree(int... counts) throws IOException {
        int row = 0;
        for (int label = 0; label < counts.length; label++) {
            for (int i = 0; i < counts[label]; i++) {
                Pictures.write(folder.resolve("val/class%d/%d.png".formatted(label, i)), 2, 2, row++ << 16);
            }
        }
        return DataSets.open(folder.resolve("val"), Split.TEST, List.of());
    }

    private static List<Integer> numbers(String text) {
        return List.of(text.split(" ", -1)).stream().map(Integer::valueOf).toList();
    }

    private static List<Integer> reds(Samples samples) throws IOException {
        List<Integer> reds = new ArrayList<>();
        byte[] pixels = new byte[samples.format().bytes()];
        for (int i = 0; i < samples.count(); i++) {
            samples.read(i, pixels);
            reds.add((int) pixels[0]);
        }
        return reds;
    }
}
