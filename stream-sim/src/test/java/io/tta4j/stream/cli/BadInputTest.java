package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import io.tta4j.stream.data.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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

    static Stream<Arguments> replays() {
        return Stream.of(
                replay("no such file or folder: %s/none.onnx", "--model", "%s/none.onnx"),
                replay("no such file or folder: %s/none", "--data", "%s/none"),
                replay("not a folder: %s/net.onnx", "--data", "%s/net.onnx"),
                replay("%s/good: must be a file, but was a folder", "--model", "%s/good"),
                replay("text.onnx", "--model", "%s/text.onnx"),
                replay("Sigmoid", "--model", "%s/sigmoid.onnx"),
                replay("Hardmax", "--model", "%s/hardmax.onnx"),
                replay(
                        "images must fit the model's input 'image' FLOAT32[N, 3, 2, 2], but were 4x4x3",
                        "--data",
                        "%s/wrong-shape"),
                replay(
                        "fog.npy must be uint8 [images, height, width, channels], but was float32",
                        "--data",
                        "%s/float"),
                replay("must have a label for each of the 6 images of fog.npy, but had 3", "--data", "%s/other-length"),
                replay("labels must be in 0..2, the model's classes, but row 5 had 9", "--data", "%s/other-classes"),
                replay("fog.npy must hold 72 bytes after the header, but held 10", "--data", "%s/truncated"),
                replay("corruption must be one of [fog], but was 'snow'", "--corruption", "fog,snow"),
                replay("method must be one of [", "--method", "source,magic"),
                replay("sar.radius", "--set", "sar.radius=1"),
                replay("sar.rho must be", "--set", "sar.rho=-1"),
                replay("sar.rho must be a number, but was 'big'", "--set", "sar.rho=big"),
                replay("sar.rho must be set once, but was set twice", "--set", "sar.rho=1,sar.rho=2"),
                replay("magic", "--set", "magic.rho=1"),
                replay("--set must be method.setting=value, but was 'rho=1'", "--set", "rho=1"),
                replay("sar.rho is set, but --method lists only source", "--method", "source", "--set", "sar.rho=1"),
                replay("no.such.layer", "--set", "sar.layers=no.such.layer"),
                replay("--batch must be at least 1, but was 0", "--batch", "0"),
                replay("--limit must be at least 1, but was -3", "--limit", "-3"),
                replay("'many' is not an int", "--batch", "many"),
                replay("class-incremental or all, but was 'wild'", "--setting", "mild,wild"),
                replay(
                        "--setting class-incremental has measures of its own and must be alone",
                        "--setting",
                        "mild,class-incremental"),
                replay(
                        "--order must be stored, shuffled, correlated or label-shift, but was 'random'",
                        "--order",
                        "random"),
                replay("--drift must be abrupt, gradual, incremental or", "--setting", "drift", "--drift", "sudden"),
                replay("delta must be a positive number", "--setting", "correlated", "--delta", "0"),
                replay("cycles must be at least 1, but was 0", "--setting", "recurring", "--cycles", "0"),
                replay("the severities of a corruption must be at least two", "--setting", "gradual"),
                replay("positions must be 0 ascending ones", "--setting", "drift", "--position", "3"),
                replay("correlation must be in 0..1", "--setting", "markov", "--class-correlation", "2"),
                replay("--severity must be one of those of --data, [5], but was 3", "--severity", "3"),
                replay("--severity must be in 1..5, but was 6", "--severity", "6"),
                replay("--clean-stretch must go with continual, gradual", "--clean-stretch", "3"),
                replay("--clean-stretch must go with --clean", "--setting", "continual", "--clean-stretch", "3"),
                replay("--clean must hold the samples of --data", "--setting", "drift", "--clean", "%s/support"),
                replay("--drift, --position and --width must go with --setting drift", "--width", "10"),
                replay(
                        "must go with a drift that takes time",
                        "--setting",
                        "drift",
                        "--drift",
                        "abrupt",
                        "--width",
                        "9"),
                replay("must be numbers or ranges such as 0-4, but one was 'one'", "--seeds", "1,one"),
                replay("must be ranges that ascend", "--seeds", "4-0"),
                replay("imbalance must be a number from 1 on", "--setting", "label-shift", "--imbalance", "0.5"),
                replay("scale must be positive", "--scale", "0"),
                replay("--crop must be a number of pixels, such as 224, or two", "--crop", "2x"),
                replay("height and width must be at least 1, but were 0x0", "--resize", "0"),
                replay("interpolation must be one of box, bilinear", "--resize", "2", "--interpolation", "cubic"),
                replay("--layout", "--layout", "CHW"),
                replay("but were 2x2x3", "--layout", "NHWC"),
                replay("--split must be test or train, but was 'val'", "--split", "val"),
                replay("--bad-files must be fail or skip, but was 'hide'", "--bad-files", "hide"),
                replay("no such file or folder: %s/none.json", "--card", "%s/none.json"),
                replay("wrong.json: keys must be among resize, crop", "--card", "%s/wrong.json"),
                replay("empty must hold <corruption>.npy and labels.npy, .npz files", "--data", "%s/empty"),
                replay("cat/b.png cannot be used: it is no JPEG, PNG, BMP or TIFF", "--data", "%s/pictures"),
                replay("std must have one value for each of the 3 channels", "--std", "1,1"),
                replay("no such file or folder: %s/none", "--report", "%s/none/report.html"),
                replay("must be a file, but was a folder", "--csv", "%s/good"),
                replay("two go to", "--csv", "%s/out.json"),
                replay("eta must be in 0..1, but was 2.0", "--eta", "2"),
                replay("--cost-ratio must go with --eta", "--cost-ratio", "2"),
                replay("the cost ratio of sar must be a number from 1 on", "--eta", "1", "--cost-ratio", "0.5"),
                replay("--cost-ratio must be a number, but was 'two'", "--eta", "1", "--cost-ratio", "two"),
                replay(
                        "--cost-ratio must be given for each of tent, sar, but was for sar only",
                        "--eta",
                        "1",
                        "--cost-ratio",
                        "sar=4"),
                replay(
                        "--cost-ratio must be a number, or METHOD=R for each of tent, sar, but was 'source=1'",
                        "--eta",
                        "1",
                        "--cost-ratio",
                        "sar=4,source=1"),
                replay("window must be at least 1, but was 0", "--window", "0"),
                replay("no such file or folder: %s/none", "--clean", "%s/none"),
                replay("images must fit the model's input", "--clean", "%s/wide"),
                replay("Unknown option: '--colour'", "--colour"));
    }

    private static Arguments replay(String message, String... changes) {
        return arguments(message, List.of(changes));
    }

    static Stream<Arguments> incrementalReplays() {
        return Stream.of(
                replay("no such file or folder: %s/none", "--support", "%s/none"),
                replay("two must hold one set of samples, but held [snow, fog]", "--support", "%s/two"),
                replay("not a folder: %s/net.onnx", "--support", "%s/net.onnx"),
                replay("must have a label for each of the 3 images of images.npy, but had 2", "--support", "%s/short"),
                replay("all samples must have the same shape, but images had 4x4x3", "--support", "%s/wide"),
                replay("--base-classes must be 3, the model's classes, but was 2", "--base-classes", "2"),
                replay("labels must have novel classes, from 3 on, but the largest was 2", "--data", "%s/good"),
                replay("--shots must be at least 1, but was 0", "--shots", "0"),
                replay(
                        "shots must be at most the supports of each novel class, but was 2 and class 4 has 1",
                        "--shots",
                        "2"),
                replay("classes per session must be at least 1, but was 0", "--classes-per-session", "0"),
                replay("sessions must be in 1..3", "--sessions", "4"),
                replay(
                        "either --sessions or --classes-per-session must be given, but both were",
                        "--sessions",
                        "2",
                        "--classes-per-session",
                        "1"),
                replay("corruptions per session must be at least 1, but was 0", "--corruptions-per-session", "0"),
                replay("recurring must be a share in 0..1, but was 2.0", "--recurring", "2"),
                replay("preview must be a share in 0..1, but was -0.5", "--preview", "-0.5"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("incrementalReplays")
    void incrementalReplay(String message, List<String> changes) throws IOException {
        List<String> given =
                new ArrayList<>(changes.stream().map(this::inFolder).toList());
        Map.of("--data", "%s/novel", "--support", "%s/support", "--shots", "1").forEach((option, value) -> {
            if (!given.contains(option)) {
                given.addAll(List.of(option, inFolder(value)));
            }
        });
        given.addAll(List.of("--setting", "class-incremental"));

        replay(message, given);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("replays")
    void replay(String message, List<String> changes) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("replay"));
        List<String> given = changes.stream().map(this::inFolder).toList();
        for (String[] needed : new String[][] {{"--model", "%s/net.onnx"}, {"--data", "%s/good"}}) {
            if (!given.contains(needed[0])) {
                arguments.add(needed[0]);
                arguments.add(inFolder(needed[1]));
            }
        }
        arguments.add("--json");
        arguments.add(inFolder("%s/out.json"));
        arguments.addAll(given);

        assertRefused(message, arguments);
    }

    static Stream<Arguments> inspections() {
        return Stream.of(
                replay("no such file or folder: %s/none.onnx", "%s/none.onnx"),
                replay("text.onnx", "%s/text.onnx"),
                replay("Sigmoid", "%s/sigmoid.onnx"),
                replay("Hardmax", "%s/hardmax.onnx"),
                replay(
                        "nan.npy must hold finite values, but held NaN at element 7",
                        "%s/net.onnx",
                        "--gradient",
                        "%s/nan.npy"),
                replay("long.npy must be float32, but was int64", "%s/net.onnx", "--gradient", "%s/long.npy"),
                replay("no such file or folder: %s/none.npy", "%s/net.onnx", "--gradient", "%s/none.npy"),
                replay("text.npz must be an .npz file", "%s/net.onnx", "--gradient", "%s/text.npz"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("inspections")
    void inspect(String message, List<String> given) throws IOException {
        Files.writeString(folder.resolve("text.npz"), "no arrays here");
        List<String> arguments = new ArrayList<>(List.of("inspect"));
        given.forEach(argument -> arguments.add(inFolder(argument)));
        if (given.contains("--gradient")) {
            arguments.add("--out");
            arguments.add(inFolder("%s/gradient.npz"));
        }

        assertRefused(message, arguments);
    }

    @Test
    void commands() throws IOException {
        assertRefused(
                "--support must name a data set where --setting is class-incremental",
                List.of(
                        "replay",
                        "--model",
                        inFolder("%s/net.onnx"),
                        "--data",
                        inFolder("%s/novel"),
                        "--setting",
                        "class-incremental"));
        assertRefused("a command must be given", List.of());
        assertRefused("requires at least 2 values", List.of("compare", "a.json"));
        assertRefused(
                "no such file or folder: %s/none.json",
                List.of("compare", inFolder("%s/none.json"), inFolder("%s/text.onnx")));
        assertRefused(
                "text.onnx must be a report of tta replay --json, but was no JSON",
                List.of("compare", inFolder("%s/text.onnx"), inFolder("%s/text.onnx")));
        assertRefused("%s/good: must be a file, but was a folder", List.of("compare", inFolder("%s/good"), "b"));
        assertRefused("'dance'", List.of("dance"));
        assertRefused("Missing required", List.of("replay"));
        assertRefused(
                "--gradient and --out must be given together",
                List.of("inspect", inFolder("%s/net.onnx"), "--out", inFolder("%s/g.npz")));
        assertRefused("no such file or folder", List.of("demo", "--report", inFolder("%s/none/demo.html")));
    }

    private void assertRefused(String message, List<String> arguments) throws IOException {
        List<Path> before = files();

        Outcome outcome = Outcome.of(arguments.toArray(String[]::new));

        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err())
                .startsWith("tta: ")
                .contains(inFolder(message))
                .endsWith("\n");
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(files()).isEqualTo(before);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().toList();
        }
    }

    private String inFolder(String text) {
        return text.replace("%s", folder.toString());
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
