package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import io.tta4j.stream.data.NpzFile;
import io.tta4j.stream.data.Pictures;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same samples in other files give the same results. */
final class DataCommandTest {

    private static final Path SHARED = Path.of(System.getProperty("tta4j.root", ".."), "..", "shared");
    private static final int IMAGES = 24;
    private static final int CLASSES = 3;

    @TempDir
    private Path folder;

    private final int[] colours = new Random(8).ints(IMAGES, 0, 1 << 24).toArray();

    /** Images of one colour as an array, row i of class i / 8, and the model. */
    @BeforeEach
    void writeInputs() throws IOException {
        Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());
        byte[] pixels = new byte[IMAGES * 12];
        byte[] labels = new byte[IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = (byte) (i / 8);
            for (int pixel = 0; pixel < 4; pixel++) {
                pixels[12 * i + 3 * pixel] = (byte) (colours[i] >> 16);
                pixels[12 * i + 3 * pixel + 1] = (byte) (colours[i] >> 8);
                pixels[12 * i + 3 * pixel + 2] = (byte) colours[i];
            }
        }
        Files.createDirectories(folder.resolve("arrays"));
        NpyFile.write(folder.resolve("arrays/fog.npy"), NpyArray.of(pixels, IMAGES, 2, 2, 3));
        NpyFile.write(folder.resolve("arrays/labels.npy"), NpyArray.of(labels, IMAGES));
    }

    @Test
    void aTreeOfImagesEqualsAnArray() throws IOException {
        writeTree("tree/fog/5", 2);

        assertThat(correct(replay("tree", "fog"))).isEqualTo(correct(replay("arrays", "fog")));
    }

    /** Of arrays the first images are taken, which are of one class here. */
    @Test
    void aLimitTakesAsManyFilesOfEachClass() throws IOException {
        writeTree("tree/fog/5", 2);
        writeTree("clean", 2);
        String clean = folder.resolve("clean").toString();

        JsonNode files = replay(
                "tree", "fog", "--limit", "5", "--clean", clean, "--clean-stretch", "2", "--setting", "continual");
        JsonNode arrays = replay("arrays", "fog", "--limit", "5");

        JsonNode first = files.get("results").get(0);
        assertThat(first.at("/classes/samples")).hasToString("[2,2,1]");
        assertThat(first.at("/clean/samples").asInt()).isEqualTo(5);
        assertThat(arrays.at("/results/0/classes/samples")).hasToString("[5,0,0]");
        assertThat(fisher("clean", 5)).isEqualTo(fisher("tree", 5)).isNotEqualTo(fisher("clean", 24));
    }

    @Test
    void treesHaveTheirSeverities() throws IOException {
        writeTree("tree/fog/3", 2);
        writeTree("tree/fog/5", 2);
        writeTree("clean", 2);

        JsonNode milder = replay("tree", "fog", "--severity", "3");
        assertThat(correct(milder)).isEqualTo(correct(replay("arrays", "fog")));
        assertThat(milder.get("results").get(0).get("corruption").asText()).isEqualTo("fog-3");
        assertThat(run("tree", "out.json", "--severity", "4").err())
                .contains("--severity must be one of those of --data, [3, 5], but was 4");
        JsonNode ramp = replay("tree", "fog", "--setting", "gradual");
        assertThat(ramp.get("config").get("corruptions"))
                .extracting(JsonNode::asText)
                .containsExactly("fog-3", "fog");

        String clean = folder.resolve("clean").toString();
        JsonNode drift = replay("tree", "fog", "--setting", "drift", "--drift", "abrupt", "--clean", clean);
        assertThat(drift.get("config").get("corruptions"))
                .extracting(JsonNode::asText)
                .containsExactly("fog", "clean");
        assertThat(drift.get("results").get(0).get("clean").get("samples").asInt())
                .isEqualTo(IMAGES);
    }

    @Test
    void corruptingOnTheFlyEqualsCorruptedFiles() throws IOException {
        Path clean = Files.createDirectories(folder.resolve("clean"));
        Files.copy(folder.resolve("arrays/fog.npy"), clean.resolve("images.npy"));
        Files.copy(folder.resolve("arrays/labels.npy"), clean.resolve("labels.npy"));
        Outcome written =
                Outcome.in(folder, "corrupt --in %s/clean --out %s/corrupted --corruption gaussian_noise,contrast");
        assertThat(written.exitCode()).as(written.err()).isZero();

        JsonNode stored = replay("corrupted", "gaussian_noise,contrast", "--severity", "2");
        JsonNode made = replay("clean", "all", "--severity", "2", "--corrupt", "gaussian_noise,contrast");

        assertThat(made.get("results").findValuesAsText("fingerprint"))
                .isNotEmpty()
                .isEqualTo(stored.get("results").findValuesAsText("fingerprint"));
        assertThat(correct(made)).isEqualTo(correct(stored));
        assertThat(made.get("config").get("corrupt").get(0).asText()).isEqualTo("gaussian_noise");
        assertThat(run("clean", "out.json", "--corrupt", "rust").err()).contains("rust");
    }

    @Test
    void surveysReadTrees() throws IOException {
        writeTree("source", 2);
        Path arrays = Files.createDirectories(folder.resolve("unlabelled"));
        Files.copy(folder.resolve("arrays/fog.npy"), arrays.resolve("images.npy"));

        assertThat(fisher("source", 24)).isEqualTo(fisher("unlabelled", 24));
        Files.writeString(folder.resolve("source/class1/image09.png"), "no image");
        Outcome skipping = survey("source", "--bad-files", "skip");
        assertThat(skipping.out()).contains("from 23 samples");
        assertThat(skipping.err()).contains("source/class1/image09.png".substring(7) + " cannot be used");
        assertThat(survey("source").exitCode()).isNotZero();
    }

    private byte[] fisher(String data, int limit) throws IOException {
        Outcome outcome = survey(data, "--limit", Integer.toString(limit));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("from %d samples".formatted(limit));
        return Files.readAllBytes(folder.resolve("fisher.safetensors"));
    }

    private Outcome survey(String data, String... options) {
        return Outcome.in(
                folder,
                "fisher --model %%s/net.onnx --data %%s/%s --out %%s/fisher.safetensors".formatted(data),
                options);
    }

    @Test
    void imagesOfAnotherSizeAreBroughtToTheModels() throws IOException {
        writeTree("large/fog/5", 9);

        JsonNode json = replay("large", "fog");

        assertThat(correct(json)).isEqualTo(correct(replay("arrays", "fog")));
        assertThat(json.get("config").get("geometry").asText())
                .isEqualTo("resized to shorter side 3 unless the image is 2x2, bilinear, cropped to 2x2");
    }

    @Test
    void resizingAloneIsFollowedByTheModelsCrop() throws IOException {
        writeTree("large/fog/5", 9);

        assertThat(replay("large", "fog", "--resize", "4")
                        .get("config")
                        .get("geometry")
                        .asText())
                .isEqualTo("resized to shorter side 4, bilinear, cropped to 2x2");
        assertThat(replay("large", "fog", "--crop", "2")
                        .get("config")
                        .get("geometry")
                        .asText())
                .isEqualTo("not resized, cropped to 2x2");
    }

    @Test
    void rowsOfFloatsEqualImages() throws IOException {
        float[] inputs = new float[IMAGES * 12];
        byte[] labels = new byte[IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = (byte) (i / 8);
            for (int value = 0; value < 12; value++) {
                inputs[12 * i + value] = (colours[i] >> (16 - value / 4 * 8) & 0xff) / 255f;
            }
        }
        Files.createDirectories(folder.resolve("rows"));
        try (OutputStream out = Files.newOutputStream(folder.resolve("rows/fog.npz"))) {
            NpzFile.write(
                    out, Map.of("image", NpyArray.of(inputs, IMAGES, 3, 2, 2), "labels", NpyArray.of(labels, IMAGES)));
        }

        assertThat(correct(replay("rows", "fog"))).isEqualTo(correct(replay("arrays", "fog")));
    }

    @Test
    void damagedFilesAreNamedOnceAndSkipped() throws IOException {
        writeTree("tree/fog/5", 2);
        Files.writeString(folder.resolve("tree/fog/5/class1/image09.png"), "no image");

        Outcome outcome = run("tree", "out.json", "--bad-files", "skip", "--method", "source,sar", "--batch", "8");

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.err().lines())
                .containsExactly(
                        "tta: skipped: fog/5/class1/image09.png cannot be used: it is no JPEG, PNG, BMP or TIFF",
                        "tta: files that were skipped, as they could not be read: 1");
        JsonNode json = new ObjectMapper().readTree(folder.resolve("out.json").toFile());
        assertThat(json.get("config").get("skippedFiles").asInt()).isEqualTo(1);
        assertThat(json.get("results"))
                .extracting(result -> result.get("samples").asInt())
                .containsExactly(23, 23);
    }

    @Test
    void aCardBesideTheModelIsReadAndOptionsGoFirst() throws IOException {
        Files.writeString(
                folder.resolve("net.card.json"), "{\"scale\": 128, \"mean\": [0.1, 0.2, 0.3], \"channels\": \"BGR\"}");

        JsonNode config = replay("arrays", "fog", "--scale", "64").get("config");

        assertThat(config.get("card").asText()).isEqualTo("net.card.json");
        assertThat(config.get("scale").asInt()).isEqualTo(64);
        assertThat(config.get("mean")).hasSize(3);
        assertThat(config.get("channels").asText()).isEqualTo("BGR");
        JsonNode without = replay("arrays", "fog", "--card", "none").get("config");
        assertThat(without.has("card")).isFalse();
        assertThat(without.get("channels").asText()).isEqualTo("RGB");
    }

    @Test
    void fewerClassFoldersThanClassesAreWarnedOf() throws IOException {
        writeTree("tree/fog/5", 2);
        Path last = folder.resolve("tree/fog/5/class2");
        for (int i = 16; i < IMAGES; i++) {
            Files.delete(last.resolve("image%02d.png".formatted(i)));
        }

        Outcome outcome = run("tree", "out.json");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.err().lines())
                .singleElement()
                .asString()
                .startsWith("tta: warning: the data has 2 class folders and the model 3 classes");
        Files.writeString(folder.resolve("tree/classes.txt"), "class0\nclass1\nclass2\n");
        assertThat(run("tree", "other.json").err()).isEmpty();
    }

    @Test
    void inspectAndReplayWarnOfAWrongScaling() {
        Path model = SHARED.resolve("models/resnet20-bn.onnx");
        assumeTrue(Files.exists(model), "../shared has no resnet20-bn.onnx");
        String data = SHARED.resolve("cifar10/severity5").toString();
        String[] wrong = {"--data", data, "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225"};

        Outcome right = Outcome.of("inspect", model.toString(), "--data", data);
        assertThat(right.err()).isEmpty();
        assertThat(right.out()).contains("no other common scaling clearly fits the data better");
        Outcome inspected = Outcome.of(with(wrong, "inspect", model.toString()));
        assertThat(inspected.exitCode()).isZero();
        assertThat(inspected.err().lines())
                .singleElement()
                .asString()
                .startsWith("tta: warning: the input is probably scaled wrongly: 0 to 1 would fit better"
                        + " (--scale 255 --channels RGB)");
        Outcome replayed =
                Outcome.of(with(wrong, "replay", "--model", model.toString(), "--method", "source", "--limit", "8"));
        assertThat(replayed.err()).isEqualTo(inspected.err());
        assertThat(Outcome.of(with(wrong, "inspect", model.toString(), "--no-scaling-check"))
                        .err())
                .isEmpty();
    }

    private static String[] with(String[] last, String... first) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(last));
        return all.toArray(String[]::new);
    }

    private void writeTree(String root, int size) throws IOException {
        for (int i = 0; i < IMAGES; i++) {
            String name = "class%d/image%02d.png".formatted(i * CLASSES / IMAGES, i);
            Pictures.write(folder.resolve(root).resolve(name), size, size, colours[i]);
        }
    }

    private JsonNode replay(String data, String corruption, String... options) throws IOException {
        Outcome outcome = run(data, "out.json", with(options, "--corruption", corruption));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        return new ObjectMapper().readTree(folder.resolve("out.json").toFile());
    }

    private Outcome run(String data, String json, String... options) {
        return Outcome.in(
                folder, "replay --model %%s/net.onnx --data %%s/%s --json %%s/%s".formatted(data, json), options);
    }

    private static List<String> correct(JsonNode report) {
        return report.get("results").findValuesAsText("correct");
    }
}
