package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.stream.corruption.Corruption;
import io.tta4j.stream.corruption.Corruptions;
import io.tta4j.stream.corruption.ImageEncoder;
import io.tta4j.stream.corruption.ImageSeed;
import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import io.tta4j.stream.demo.TexturedShapes;
import io.tta4j.stream.image.ImageDecoder;
import io.tta4j.stream.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tta corrupt}: layouts, equal bytes however it is run, and what it refuses. */
final class CorruptCommandTest {

    private static final int SIZE = TexturedShapes.SIZE;
    private static final int VALUES = SIZE * SIZE * 3;
    private static final int COUNT = 20;

    @TempDir
    private Path folder;

    private Path clean = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void writeCleanImages() throws IOException {
        clean = Files.createDirectory(folder.resolve("clean"));
        out = folder.resolve("out");
        writeArrays(clean, COUNT);
    }

    private static byte[] image(int index) {
        return TexturedShapes.image(TexturedShapes.TUNING_SEED, index);
    }

    private static void writeArrays(Path folder, int count) throws IOException {
        byte[] images = new byte[count * VALUES];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            System.arraycopy(image(i), 0, images, i * VALUES, VALUES);
            labels[i] = (byte) (i % 6);
        }
        NpyFile.write(folder.resolve("images.npy"), NpyArray.of(images, count, SIZE, SIZE, 3));
        NpyFile.write(folder.resolve("labels.npy"), NpyArray.of(labels, count));
    }

    private void writeTree(Path root) throws IOException {
        for (int i = 0; i < 4; i++) {
            Path parent = Files.createDirectories(root.resolve(i % 2 == 0 ? "cat" : "dog"));
            RgbImage image = new RgbImage(SIZE, SIZE, image(i));
            Files.write(parent.resolve(i + ".png"), ImageEncoder.png(image));
            Files.write(parent.resolve(i + ".JPEG"), ImageEncoder.jpeg(image, 95));
        }
        Files.writeString(root.resolve("readme.txt"), "no image");
    }

    @Test
    void writesSeveritiesOneAfterTheOther() throws IOException {
        Outcome outcome = corrupt("--corruption", "fog,shot_noise", "--severity", "2,4-5", "--seed", "9");
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("20 images of 32x32x3, cifar parameters, under 2 corruptions at 3 severities, seed 9");
        NpyArray noise = NpyFile.read(out.resolve("shot_noise.npy"));
        assertThat(noise.shape()).containsExactly(3 * COUNT, SIZE, SIZE, 3);
        byte[] values = new byte[noise.size()];
        noise.bytes().get(values);
        Corruption shot = Corruptions.named("shot_noise");
        byte[] expected = shot.apply(image(7), SIZE, SIZE, 4, ImageSeed.of(9, shot, 4, 7));
        int at = (COUNT + 7) * VALUES;
        assertThat(Arrays.copyOfRange(values, at, at + VALUES)).isEqualTo(expected);
        long[] labels = NpyFile.read(out.resolve("labels.npy")).integers();
        assertThat(labels).hasSize(3 * COUNT);
        assertThat(labels[2 * COUNT + 8]).isEqualTo(2);
        assertThat(names(out)).containsExactly("corrupted.json", "fog.npy", "labels.npy", "shot_noise.npy");
    }

    /** The same images as arrays and as records of a label, reds, greens and blues. */
    @Test
    void cifarsBinaryFilesAreCorruptedAsArraysAre() throws IOException {
        Path binary = Files.createDirectory(folder.resolve("binary"));
        writeRecords(binary.resolve("test_batch.bin"), 0, COUNT);
        writeRecords(binary.resolve("data_batch_1.bin"), 3, 5);
        String[] options = {"--corruption", "fog,gaussian_noise", "--severity", "1,3"};
        assertThat(corrupt(options).exitCode()).isZero();

        Path made = folder.resolve("made");
        Outcome outcome = corruptBinaryFiles(binary, made, options);

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("20 images of 32x32x3, cifar parameters");
        assertThat(names(made)).isEqualTo(names(out));
        for (String file : new String[] {"fog.npy", "gaussian_noise.npy", "labels.npy"}) {
            assertThat(made.resolve(file)).hasBinaryContent(Files.readAllBytes(out.resolve(file)));
        }
        assertThat(corruptBinaryFiles(binary, made, options).out()).contains("; 80 of 80 were there already");
        assertRefused(corruptBinaryFiles(binary, made, "--split", "train"), "made with input sha256:");
        Path train = folder.resolve("train");
        corruptBinaryFiles(binary, train, "--corruption", "fog", "--severity", "1", "--split", "train");
        assertThat(NpyFile.read(train.resolve("labels.npy")).integers()).containsExactly(3, 4, 5, 0, 1);
        Files.delete(binary.resolve("test_batch.bin"));
        assertRefused(
                corruptBinaryFiles(binary, folder.resolve("none")),
                "must hold CIFAR's binary files of the test split, but held none");
    }

    private static Outcome corruptBinaryFiles(Path in, Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of("corrupt", "--in", in.toString(), "--out", out.toString()));
        arguments.addAll(List.of(more));
        return Outcome.of(arguments.toArray(String[]::new));
    }

    private static void writeRecords(Path file, int first, int count) throws IOException {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (int index = first; index < first + count; index++) {
            byte[] pixels = image(index);
            records.write(index % 6);
            for (int channel = 0; channel < 3; channel++) {
                for (int pixel = 0; pixel < SIZE * SIZE; pixel++) {
                    records.write(pixels[3 * pixel + channel]);
                }
            }
        }
        Files.write(file, records.toByteArray());
    }

    @Test
    void anEarlierRunsFilesAreKeptAndCompleted() throws IOException {
        assertThat(corrupt("--corruption", "fog", "--severity", "1").exitCode()).isZero();
        Object before = Files.getLastModifiedTime(out.resolve("fog.npy"));
        Outcome outcome = corrupt("--corruption", "fog,contrast", "--severity", "1", "--threads", "1");
        assertThat(outcome.out()).contains("; 20 of 40 were there already");
        assertThat(Files.getLastModifiedTime(out.resolve("fog.npy"))).isEqualTo(before);
        assertThat(names(out)).contains("contrast.npy");
    }

    @Test
    void treesKeepTheirNamesAndFormats() throws IOException {
        Path tree = folder.resolve("tree");
        writeTree(tree);
        Outcome outcome = Outcome.of(
                "corrupt",
                "--in",
                tree.toString(),
                "--out",
                out.toString(),
                "--corruption",
                "frost",
                "--severity",
                "3");
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("8 image files, parameters by size");
        Corruption frost = Corruptions.named("frost");
        byte[] expected = frost.apply(image(1), SIZE, SIZE, 3, ImageSeed.of(0, frost, 3, "dog/1.png"));
        byte[] written = Files.readAllBytes(out.resolve("frost/3/dog/1.png"));
        assertThat(ImageDecoder.decode(written).pixels()).isEqualTo(expected);
        assertThat(Files.readAllBytes(out.resolve("frost/3/cat/2.JPEG"))).startsWith(0xff, 0xd8);
        assertThat(names(out.resolve("frost/3"))).containsExactly("cat", "dog");
        assertThat(names(out.resolve("frost/3/cat"))).containsExactly("0.JPEG", "0.png", "2.JPEG", "2.png");
    }

    @ParameterizedTest
    @CsvSource({"arrays, fog.npy", "tree, fog"})
    void aKilledRunIsCompletedToTheSameBytes(String kind, String awaited) throws Exception {
        Path in = folder.resolve(kind);
        if (kind.equals("tree")) {
            writeTree(in);
        } else {
            writeArrays(Files.createDirectory(in), COUNT);
        }
        Files.createDirectory(out);
        String[] arguments = {
            "corrupt", "--in", in.toString(), "--out", out.toString(), "--corruption", "fog,zoom_blur,glass_blur,snow"
        };
        killWhenSomethingIsThere(awaited, arguments);
        Outcome outcome = Outcome.of(arguments);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();

        Path whole = folder.resolve("whole");
        arguments[4] = whole.toString();
        assertThat(Outcome.of(arguments).exitCode()).isZero();
        assertThat(contents(out)).isEqualTo(contents(whole));
    }

    /** Runs the command in a process of its own, and ends it the hard way as soon as a name appears. */
    private void killWhenSomethingIsThere(String awaited, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Tta.class.getName()));
        command.addAll(List.of(arguments));
        Path ended = Files.createDirectory(folder.resolve("ended"));
        try (WatchService watch = out.getFileSystem().newWatchService()) {
            out.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            ended.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("child.txt").toFile())
                    .start();
            CompletableFuture<Void> signal = process.onExit().thenRun(() -> signalExit(ended.resolve("exit")));
            boolean seen = false;
            while (!seen) {
                WatchKey key = watch.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    seen |= String.valueOf(event.context()).equals(awaited)
                            || String.valueOf(event.context()).equals("exit");
                }
                key.reset();
            }
            process.destroyForcibly().waitFor();
            signal.join();
        }
        assertThat(Files.exists(out.resolve(awaited)))
                .as(Files.readString(folder.resolve("child.txt")))
                .isTrue();
    }

    /** A child that ends by itself must not leave the watcher waiting. */
    private static void signalExit(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As after a kill in the middle of the second severity. */
    @Test
    void aTornSeverityIsWrittenAgain() throws IOException {
        assertThat(corrupt("--corruption", "snow").exitCode()).isZero();
        byte[] whole = Files.readAllBytes(out.resolve("snow.npy"));
        byte[] torn = Arrays.copyOf(whole, 128 + COUNT * VALUES + 1000);
        Arrays.fill(torn, 128 + COUNT * VALUES, torn.length, (byte) 0);
        Files.write(out.resolve(".snow.npy.partial"), torn);
        Files.delete(out.resolve("snow.npy"));
        Outcome outcome = corrupt("--corruption", "snow");
        assertThat(outcome.out()).contains("; 20 of 100 were there already");
        assertThat(Files.readAllBytes(out.resolve("snow.npy"))).isEqualTo(whole);
        assertThat(names(out)).containsExactly("corrupted.json", "labels.npy", "snow.npy");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--severity 0 | severity must be in 1..5, but was 0",
                "--severity x | --severity must be numbers in 1..5 or ranges such as 1-5, but was 'x'",
                "--severity 3-2 | there must be a corruption and a severity",
                "--corruption smog | corruption must be one of gaussian_noise, shot_noise,",
                "--parameters coco | --parameters must be cifar or imagenet, but was 'coco'",
                "--threads 0 | --threads must be at least 1, but was 0",
                "--split val | --split must be test or train, but was 'val'",
                "--seed x | Invalid value for option '--seed'",
                "--in /no/such/folder | no such file or folder: /no/such/folder",
            })
    void refusesBadArguments(String arguments, String message) throws IOException {
        assertRefused(corrupt(arguments.split(" ")), message);
        assertThat(out).doesNotExist();
    }

    @Test
    void refusesFoldersThatHoldOtherThings() throws IOException {
        Path inside = clean.resolve("out");
        assertRefused(
                Outcome.of("corrupt", "--in", clean.toString(), "--out", inside.toString()),
                "must not go into the folder of the clean images");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertRefused(
                Outcome.of("corrupt", "--in", empty.toString(), "--out", out.toString()),
                "must hold images.npy and labels.npy, CIFAR's .bin files, or folders of PNG or JPEG files, but held none of"
                        + " these");
        Files.createDirectory(out);
        Files.writeString(out.resolve("mine.txt"), "mine");
        assertRefused(corrupt(), "must be empty or hold what an earlier run wrote");
        assertThat(names(out)).containsExactly("mine.txt");
    }

    @ParameterizedTest
    @CsvSource({"--seed, 1, seed 0", "--severity, 2, 'severities [1]'", "--parameters, imagenet, parameters cifar"})
    void refusesToMixSettings(String option, String value, String message) throws IOException {
        assertThat(corrupt("--corruption", "fog", "--severity", "1").exitCode()).isZero();
        Map<String, String> before = contents(out);
        List<String> arguments = new ArrayList<>(List.of("--corruption", "fog", option, value));
        if (!option.equals("--severity")) {
            arguments.addAll(List.of("--severity", "1"));
        }
        Outcome outcome = corrupt(arguments.toArray(String[]::new));
        assertRefused(outcome, message);
        assertThat(outcome.err()).contains("choose another folder, or delete that one");
        assertThat(contents(out)).isEqualTo(before);
    }

    @Test
    void refusesOtherImagesAndNamesABrokenOne() throws IOException {
        assertThat(corrupt("--corruption", "fog", "--severity", "1").exitCode()).isZero();
        writeArrays(clean, COUNT - 1);
        assertRefused(corrupt("--corruption", "fog", "--severity", "1"), "made with input sha256:");

        Path tree = folder.resolve("broken");
        writeTree(tree);
        Files.write(tree.resolve("cat/8.png"), new byte[] {1, 2, 3});
        Path other = folder.resolve("other");
        assertRefused(
                Outcome.of("corrupt", "--in", tree.toString(), "--out", other.toString(), "--corruption", "fog"),
                "cat/8.png must be a PNG or JPEG file, but could not be read");
    }

    private Outcome corrupt(String... more) {
        List<String> arguments = new ArrayList<>(List.of("corrupt", "--out", out.toString()));
        if (!Arrays.asList(more).contains("--in")) {
            arguments.addAll(List.of("--in", clean.toString()));
        }
        arguments.addAll(List.of(more));
        return Outcome.of(arguments.toArray(String[]::new));
    }

    private static void assertRefused(Outcome outcome, String message) {
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err().strip()).startsWith("tta: ").contains(message).doesNotContain("\n");
        assertThat(outcome.out()).isEmpty();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Every file's bytes by its path. */
    private static Map<String, String> contents(Path root) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(root.relativize(file).toString(), Arrays.toString(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
