package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import io.tta4j.stream.demo.TexturedShapes;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line in a process whose class path lacks what an engine needs: one line that says what to add. */
final class MissingEngineTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "pt, /ai/djl/, the DJL engine needs ai.djl",
        "pt, /pytorch-(jni|native-cpu)/, add ai.djl.pytorch:pytorch-jni and ai.djl.pytorch:pytorch-native-cpu",
        "onnx, /com/microsoft/onnxruntime/, the ONNX engine needs com.microsoft.onnxruntime:onnxruntime",
    })
    void inspectNamesWhatIsMissing(String ending, String missing, String message) throws Exception {
        assertNamesWhatIsMissing(missing, message, "inspect", model(ending).toString());
    }

    @Test
    void replayNamesWhatIsMissing() throws Exception {
        NpyFile.write(folder.resolve("fog.npy"), NpyArray.of(new byte[32 * 32 * 3], 1, 32, 32, 3));
        NpyFile.write(folder.resolve("labels.npy"), NpyArray.of(new byte[1], 1));
        assertNamesWhatIsMissing(
                "/ai/djl/",
                "the DJL engine needs ai.djl",
                "replay",
                "--model",
                model("pt").toString(),
                "--data",
                folder.toString());
    }

    private Path model(String ending) throws IOException {
        Path file = folder.resolve("net." + ending);
        try (InputStream in = TexturedShapes.class.getResourceAsStream("textured-shapes-resnet-gn." + ending)) {
            Files.copy(Objects.requireNonNull(in), file);
        }
        return file;
    }

    private void assertNamesWhatIsMissing(String missing, String message, String... arguments) throws Exception {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-DENGINE_CACHE_DIR=" + folder.resolve("cache"),
                "-Dai.djl.offline=true",
                "-DOPT_OUT_TRACKING=true",
                "-Dorg.slf4j.simpleLogger.log.ai.djl=off",
                "-cp",
                classPathWithout(missing),
                Tta.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();

        assertThat(process.waitFor()).as(Files.readString(err)).isEqualTo(2);
        List<String> lines = Files.readAllLines(err, Charset.defaultCharset());
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith("tta: ").contains(message).doesNotContain("internal failure");
        assertThat(out).isEmptyFile();
    }

    private static String classPathWithout(String missing) {
        Pattern pattern = Pattern.compile(missing);
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry ->
                        !pattern.matcher(entry.replace(File.separatorChar, '/')).find())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
