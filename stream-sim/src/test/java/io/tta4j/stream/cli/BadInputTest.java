package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import io.tta4j.stream.data.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input ends in one clear line, exit code 2 and no file. */
final class BadInputTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void writeInputs() throws IOException {
        Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());
        Files.write(folder.resolve("sigmoid.onnx"), TinyOnnx.model("Relu", "Sigmoid"));
        Files.write(folder.resolve("hardmax.onnx"), TinyOnnx.model("Hardmax", "Identity"));
        Files.writeString(folder.resolve("text.onnx"), "this is no model\n");
        writeSet("good", 2, 6, new byte[] {0, 1, 2, 0, 1, 2});
        writeSet("two", 2, 6, new byte[] {0, 1, 2, 0, 1, 2});
        write("two/snow.npy", NpyArray.of(new byte[6 * 12], 6, 2, 2, 3));
        Files.createDirectories(folder.resolve("empty"));
        Files.writeString(folder.resolve("wrong.json"), "{\"scale\": 255, \"normalise\": true}");
        for (String name : new String[] {"ant", "bee", "cat"}) {
            Pictures.write(folder.resolve("pictures/" + name + "/a.png"), 2, 2, 0x102030);
        }
        Files.writeString(folder.resolve("pictures/cat/b.png"), "no image");
        writeSet("wrong-shape", 4, 6, new byte[] {0, 1, 2, 0, 1, 2});
        writeSet("other-length", 2, 6, new byte[] {0, 1, 2});
        writeSet("other-classes", 2, 6, new byte[] {0, 1, 2, 0, 1, 9});
        write("float/fog.npy", NpyArray.of(new float[6 * 12], 6, 2, 2, 3));
        write("float/labels.npy", NpyArray.of(new byte[6], 6));
        writeSet("truncated", 2, 6, new byte[6]);
        Path fog = folder.resolve("truncated/fog.npy");
        Files.write(fog, Arrays.copyOf(Files.readAllBytes(fog), 128 + 10));
        float[] notANumber = new float[12];
        notANumber[7] = Float.NaN;
        writeSet("novel", 2, 6, new byte[] {0, 1, 2, 3, 4, 3});
        write("support/images.npy", NpyArray.of(new byte[3 * 12], 3, 2, 2, 3));
        write("support/labels.npy", NpyArray.of(new byte[] {3, 3, 4}, 3));
        write("wide/images.npy", NpyArray.of(new byte[3 * 48], 3, 4, 4, 3));
        write("wide/labels.npy", NpyArray.of(new byte[] {3, 3, 4}, 3));
        write("short/images.npy", NpyArray.of(new byte[3 * 12], 3, 2, 2, 3));
        write("short/labels.npy", NpyArray.of(new byte[] {3, 4}, 2));
        write("nan.npy", NpyArray.of(notANumber, 1, 3, 2, 2));
        write("batch.npy", NpyArray.of(new float[12], 1, 3, 2, 2));
        write("long.npy", NpyArray.of(new long[12], 1, 3, 2, 2));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--support %s/none | no such file or folder: %s/none",
                "--support %s/two | two must hold one set of samples, but held [snow, fog]",
                "--support %s/net.onnx | not a folder: %s/net.onnx",
                "--support %s/short | must have a label for each of the 3 images of images.npy, but had 2",
                "--support %s/wide | all samples must have the same shape, but images had 4x4x3",
                "--base-classes 2 | --base-classes must be 3, the model's classes, but was 2",
                "--data %s/good | labels must have novel classes, from 3 on, but the largest was 2",
                "--shots 0 | --shots must be at least 1, but was 0",
                "--shots 2 | shots must be at most the supports of each novel class, but was 2 and class 4 has 1",
                "--classes-per-session 0 | classes per session must be at least 1, but was 0",
                "--sessions 4 | sessions must be in 1..3",
                "--sessions 2 --classes-per-session 1 | either --sessions or --classes-per-session must be given, but both were",
                "--corruptions-per-session 0 | corruptions per session must be at least 1, but was 0",
                "--recurring 2 | recurring must be a share in 0..1, but was 2.0",
                "--preview -0.5 | preview must be a share in 0..1, but was -0.5",
            })
    void incrementalReplay(String options, String message) throws IOException {
        String line = options + " --setting class-incremental";
        line = with("--data", "%s/novel", line);
        line = with("--support", "%s/support", line);
        replay(with("--shots", "1", line), message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--model %s/none.onnx | no such file or folder: %s/none.onnx",
                "--data %s/none | no such file or folder: %s/none",
                "--data %s/net.onnx | not a folder: %s/net.onnx",
                "--model %s/good | %s/good: must be a file, but was a folder",
                "--model %s/text.onnx | text.onnx",
                "--model %s/sigmoid.onnx | Sigmoid",
                "--model %s/hardmax.onnx | Hardmax",
                "--data %s/wrong-shape | images must fit the model's input 'image' FLOAT32[N, 3, 2, 2], but were 4x4x3",
                "--data %s/float | fog.npy must be uint8 [images, height, width, channels], but was float32",
                "--data %s/other-length | must have a label for each of the 6 images of fog.npy, but had 3",
                "--data %s/other-classes | labels must be in 0..2, the model's classes, but row 5 had 9",
                "--data %s/truncated | fog.npy must hold 72 bytes after the header, but held 10",
                "--corruption fog,snow | corruption must be one of [fog], but was 'snow'",
                "--method source,magic | method must be one of [",
                "--set sar.radius=1 | sar.radius",
                "--set sar.rho=-1 | sar.rho must be",
                "--set sar.rho=big | sar.rho must be a number, but was 'big'",
                "--set sar.rho=1,sar.rho=2 | sar.rho must be set once, but was set twice",
                "--set magic.rho=1 | magic",
                "--set rho=1 | --set must be method.setting=value, but was 'rho=1'",
                "--method source --set sar.rho=1 | sar.rho is set, but --method lists only source",
                "--set sar.layers=no.such.layer | no.such.layer",
                "--batch 0 | --batch must be at least 1, but was 0",
                "--limit -3 | --limit must be at least 1, but was -3",
                "--batch many | 'many' is not an int",
                "--setting mild,wild | class-incremental or all, but was 'wild'",
                "--setting mild,class-incremental | --setting class-incremental has measures of its own and must be alone",
                "--order random | --order must be stored, shuffled, correlated or label-shift, but was 'random'",
                "--setting drift --drift sudden | --drift must be abrupt, gradual, incremental or",
                "--setting correlated --delta 0 | delta must be a positive number",
                "--setting recurring --cycles 0 | cycles must be at least 1, but was 0",
                "--setting gradual | the severities of a corruption must be at least two",
                "--setting drift --position 3 | positions must be 0 ascending ones",
                "--setting markov --class-correlation 2 | correlation must be in 0..1",
                "--severity 3 | --severity must be one of those of --data, [5], but was 3",
                "--severity 6 | --severity must be in 1..5, but was 6",
                "--clean-stretch 3 | --clean-stretch must go with continual, gradual",
                "--setting continual --clean-stretch 3 | --clean-stretch must go with --clean",
                "--setting drift --clean %s/support | --clean must hold the samples of --data",
                "--width 10 | --drift, --position and --width must go with --setting drift",
                "--setting drift --drift abrupt --width 9 | must go with a drift that takes time",
                "--seeds 1,one | must be numbers or ranges such as 0-4, but one was 'one'",
                "--seeds 4-0 | must be ranges that ascend",
                "--setting label-shift --imbalance 0.5 | imbalance must be a number from 1 on",
                "--scale 0 | scale must be positive",
                "--crop 2x | --crop must be a number of pixels, such as 224, or two",
                "--resize 0 | height and width must be at least 1, but were 0x0",
                "--resize 2 --interpolation cubic | interpolation must be one of box, bilinear",
                "--layout CHW | --layout",
                "--layout NHWC | but were 2x2x3",
                "--split val | --split must be test or train, but was 'val'",
                "--bad-files hide | --bad-files must be fail or skip, but was 'hide'",
                "--card %s/none.json | no such file or folder: %s/none.json",
                "--card %s/wrong.json | wrong.json: keys must be among resize, crop",
                "--data %s/empty | empty must hold <corruption>.npy and labels.npy, .npz files",
                "--data %s/pictures | cat/b.png cannot be used: it is no JPEG, PNG, BMP or TIFF",
                "--std 1,1 | std must have one value for each of the 3 channels",
                "--report %s/none/report.html | no such file or folder: %s/none",
                "--csv %s/good | must be a file, but was a folder",
                "--csv %s/out.json | two go to",
                "--eta 2 | eta must be in 0..1, but was 2.0",
                "--cost-ratio 2 | --cost-ratio must go with --eta",
                "--eta 1 --cost-ratio 0.5 | the cost ratio of sar must be a number from 1 on",
                "--eta 1 --cost-ratio two | --cost-ratio must be a number, but was 'two'",
                "--eta 1 --cost-ratio sar=4 | --cost-ratio must be given for each of tent, sar, but was for sar only",
                "--eta 1 --cost-ratio sar=4,source=1 | --cost-ratio must be a number, or METHOD=R for each of tent, sar, but was 'source=1'",
                "--window 0 | window must be at least 1, but was 0",
                "--clean %s/none | no such file or folder: %s/none",
                "--clean %s/wide | images must fit the model's input",
                "--colour | Unknown option: '--colour'",
            })
    void replay(String options, String message) throws IOException {
        String line = with("--model", "%s/net.onnx", with("--data", "%s/good", options));

        assertRefused("replay --json %s/out.json " + line, message);
    }

    /** A line with an option that is needed, unless it is there. */
    private static String with(String option, String value, String line) {
        return List.of(line.split(" ", -1)).contains(option) ? line : "%s %s %s".formatted(line, option, value);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "%s/none.onnx | no such file or folder: %s/none.onnx",
                "%s/text.onnx | text.onnx",
                "%s/sigmoid.onnx | Sigmoid",
                "%s/hardmax.onnx | Hardmax",
                "%s/net.onnx --gradient %s/nan.npy | nan.npy must hold finite values, but held NaN at element 7",
                "%s/net.onnx --gradient %s/long.npy | long.npy must be float32, but was int64",
                "%s/net.onnx --gradient %s/none.npy | no such file or folder: %s/none.npy",
                "%s/net.onnx --gradient %s/text.npz | text.npz must be an .npz file",
            })
    void inspect(String options, String message) throws IOException {
        Files.writeString(folder.resolve("text.npz"), "no arrays here");
        String line = "inspect " + options;

        assertRefused(line.contains("--gradient") ? line + " --out %s/gradient.npz" : line, message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "replay --model %s/net.onnx --data %s/novel --setting class-incremental | --support must name a data set"
                        + " where --setting is class-incremental",
                "compare a.json | requires at least 2 values",
                "compare %s/none.json %s/text.onnx | no such file or folder: %s/none.json",
                "compare %s/text.onnx %s/text.onnx | text.onnx must be a report of tta replay --json, but was no JSON",
                "compare %s/good b | %s/good: must be a file, but was a folder",
                "dance | 'dance'",
                "replay | Missing required",
                "inspect %s/net.onnx --out %s/g.npz | --gradient and --out must be given together",
                "demo --report %s/none/demo.html | no such file or folder",
            })
    void command(String line, String message) throws IOException {
        assertRefused(line, message);
    }

    @Test
    void noCommand() throws IOException {
        assertRefused(Outcome.of(), "a command must be given", files());
    }

    private void assertRefused(String line, String message) throws IOException {
        List<Path> before = files();

        assertRefused(Outcome.in(folder, line), message, before);
    }

    private void assertRefused(Outcome outcome, String message, List<Path> before) throws IOException {
        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err())
                .startsWith("tta: ")
                .contains(message.replace("%s", folder.toString()))
                .endsWith("\n");
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(files()).isEqualTo(before);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().toList();
        }
    }

    private void writeSet(String name, int size, int images, byte[] labels) throws IOException {
        write(name + "/fog.npy", NpyArray.of(new byte[images * size * size * 3], images, size, size, 3));
        write(name + "/labels.npy", NpyArray.of(labels, labels.length));
    }

    private void write(String name, NpyArray array) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        NpyFile.write(file, array);
    }
}
