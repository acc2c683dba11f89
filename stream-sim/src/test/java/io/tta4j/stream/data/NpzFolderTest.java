package io.tta4j.stream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import io.tta4j.stream.image.Geometry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NpzFolderTest {

    private static final AdaptableModel ENCODER = Inputs.of(
            new InputSpec("attention_mask", ElementType.INT64, List.of(InputSpec.ANY, InputSpec.ANY)),
            new InputSpec("input_ids", ElementType.INT64, List.of(InputSpec.ANY, InputSpec.ANY)));

    @TempDir
    private Path folder;

    @Test
    void tokensBecomeBatchesOfSeveralInputs() throws IOException {
        for (String corruption : List.of("typos", "clean")) {
            long shift = corruption.equals("typos") ? 1L << 40 : 0;
            write(
                    corruption,
                    Map.of(
                            "input_ids", NpyArray.of(new long[] {shift + 1, 2, 3, 4, 5, 6}, 3, 2),
                            "attention_mask", NpyArray.of(new long[] {1, 1, 1, 0, 0, 0}, 3, 2),
                            "token_type_ids", NpyArray.of(new long[6], 3, 2),
                            "labels", NpyArray.of(new long[] {1, 0, 2}, 3)));
        }

        try (DataSet set = open("")) {
            assertThat(set.corruptions()).containsExactly("clean", "typos");
            assertThat(set.labels()).containsExactly(1, 0, 2);
            Samples samples = set.samples(new Domain("typos", 5), Geometry.none());
            assertThat(samples.count()).isEqualTo(3);
            Batch batch = batch(samples, ENCODER, 2, 0);
            assertThat(batch.rows()).isEqualTo(2);
            assertThat(batch.inputs().keySet()).containsExactly("attention_mask", "input_ids");
            assertThat(longs(batch, "input_ids")).containsExactly(5, 6, shiftedOne(), 2);
            assertThat(longs(batch, "attention_mask")).containsExactly(0, 0, 1, 1);
        }
    }

    private static long shiftedOne() {
        return (1L << 40) + 1;
    }

    @Test
    void narrowTokensBecomeWide() throws IOException {
        Files.write(folder.resolve("int32.npy"), NumPy.INT32);
        write("clean", Map.of("ids", NpyFile.read(folder.resolve("int32.npy")), "labels", NpyArray.of(new byte[2], 2)));
        Files.delete(folder.resolve("int32.npy"));
        AdaptableModel model = Inputs.of(new InputSpec("ids", ElementType.INT64, List.of(InputSpec.ANY)));

        try (DataSet set = open("clean.npz")) {
            Samples samples = set.samples(new Domain("clean", 5), Geometry.none());
            assertThat(longs(batch(samples, model, 1, 0), "ids")).containsExactly(7, -1);
        }
    }

    @Test
    void everyInputNeedsAnArrayThatFits() throws IOException {
        write(
                "clean",
                Map.of("input_ids", NpyArray.of(new float[2], 2, 1), "labels", NpyArray.of(new byte[] {0, 1}, 2)));

        try (DataSet set = open("")) {
            SampleFormat format =
                    set.samples(new Domain("clean", 5), Geometry.none()).format();
            assertThatThrownBy(() -> format.batcher(ENCODER, Preprocessing.ofDefaults(), 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("data must have an array for the model's input 'attention_mask' INT64[N, N], but had"
                            + " input_ids float32[N, 1]");
            AdaptableModel ids =
                    Inputs.of(new InputSpec("input_ids", ElementType.INT64, List.of(InputSpec.ANY, InputSpec.ANY)));
            assertThatThrownBy(() -> format.batcher(ids, Preprocessing.ofDefaults(), 1))
                    .hasMessage(
                            "data must fit the model's input 'input_ids' INT64[N, N], but was input_ids float32[N, 1]");
        }
    }

    @Test
    void imagesAreReadAsBytes() throws IOException {
        write(
                "fog",
                Map.of(
                        "images", NpyArray.of(new byte[] {1, 2, 3, 4, 5, 6}, 2, 1, 1, 3),
                        "labels", NpyArray.of(new byte[] {0, 1}, 2)));

        try (DataSet set = open("")) {
            Samples fog = set.samples(new Domain("fog", 5), Geometry.none());
            assertThat(fog).isInstanceOf(Images.class);
            byte[] pixel = new byte[3];
            fog.read(1, pixel);
            assertThat(pixel).containsExactly(4, 5, 6);
        }
    }

    @Test
    void whatIsUnpackedGoesWhenItIsClosed() throws IOException {
        write("fog", Map.of("images", NpyArray.of(new byte[3], 1, 1, 1, 3), "labels", NpyArray.of(new byte[1], 1)));
        List<Path> before = temporaryFiles();
        try (DataSet set = open("")) {
            assertThat(set.samples(new Domain("fog", 5), Geometry.none()).count())
                    .isEqualTo(1);
        }

        assertThat(temporaryFiles()).isEqualTo(before);
    }

    @Test
    void arraysThatDoNotGoTogetherAreNamed() throws IOException {
        write("fog", Map.of("images", NpyArray.of(new byte[6], 2, 1, 1, 3), "labels", NpyArray.of(new byte[1], 1)));
        write("snow", Map.of("ids", NpyArray.of(new long[2], 2), "labels", NpyArray.of(new byte[2], 2)));
        write("none", Map.of("ids", NpyArray.of(new long[2], 2)));
        write(
                "two",
                Map.of(
                        "a", NpyArray.of(new long[1], 1),
                        "b", NpyArray.of(new long[2], 2),
                        "labels", NpyArray.of(new byte[1], 1)));

        assertThatThrownBy(() -> use("fog.npz"))
                .isInstanceOf(DataException.class)
                .hasMessage("fog.npz must have a label for each of its 2 samples, but had 1");
        assertThatThrownBy(() -> use("none.npz")).hasMessage("none.npz must hold an array 'labels', but held [ids]");
        assertThatThrownBy(() -> use("two.npz")).hasMessageContaining("must have a row for each of the samples of");
        try (DataSet set = open("")) {
            assertThatThrownBy(() -> set.samples(new Domain("fog", 5), Geometry.none()))
                    .hasMessage("every .npz must have the same labels, but fog.npz has others than snow.npz");
        }
    }

    private void use(String name) throws IOException {
        try (DataSet set = open(name)) {
            set.samples(set.first(), Geometry.none());
        }
    }

    private DataSet open(String name) throws IOException {
        return DataSets.open(folder.resolve(name), Split.TEST, List.of());
    }

    private static List<Path> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().matches("tta4j-.*\\.npy"))
                    .sorted()
                    .toList();
        }
    }

    /** A batch of the given rows, in order. */
    private static Batch batch(Samples samples, AdaptableModel model, int... rows) throws IOException {
        Batcher batcher = samples.format().batcher(model, Preprocessing.ofDefaults(), rows.length);
        byte[] sample = new byte[samples.format().bytes()];
        batcher.begin();
        for (int row : rows) {
            samples.read(row, sample);
            batcher.add(sample);
        }
        return batcher.batch();
    }

    private static long[] longs(Batch batch, String input) {
        Tensor tensor = Objects.requireNonNull(batch.inputs().get(input));
        long[] values = new long[tensor.data().remaining() / Long.BYTES];
        tensor.data().asLongBuffer().get(values);
        return values;
    }

    private void write(String name, Map<String, NpyArray> arrays) throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve(name + ".npz"))) {
            NpzFile.write(out, new LinkedHashMap<>(arrays));
        }
    }
}
