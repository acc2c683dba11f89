package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A folder with a network, {@code net.onnx}, and unlabelled images, {@code data/images.npy}, for the commands that
 * survey source data.
 *
 * @param folder where all lies
 * @param images how many there are
 */
record SurveyFolder(Path folder, int images) {

    /** Writes network and images. */
    static SurveyFolder write(Path folder, int images) throws IOException {
        Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());
        TinySet.writeImages(folder.resolve("data/images.npy"), new Random(4), images);
        return new SurveyFolder(folder, images);
    }

    /** Writes network and images of five classes in turn, of which the network has three. */
    static SurveyFolder labelled(Path folder, int images) throws IOException {
        SurveyFolder written = write(folder, images);
        byte[] labels = new byte[images];
        for (int i = 0; i < images; i++) {
            labels[i] = (byte) (i % 5);
        }
        written.label(labels);
        return written;
    }

    /** Writes the labels of the images. */
    void label(byte[] labels) throws IOException {
        NpyFile.write(folder.resolve("data/labels.npy"), NpyArray.of(labels, images));
    }

    /** Surveys the images, with a command such as {@code fisher}. */
    Outcome survey(String command, String out, String... more) {
        return Outcome.in(folder, "%s --model %%s/net.onnx --data %%s/data --out %%s/%s".formatted(command, out), more);
    }

    /** What a survey has written. */
    byte[] bytes(String out) throws IOException {
        return Files.readAllBytes(folder.resolve(out));
    }

    /** Replays the images, which must have labels, with what was found; it must do. */
    Outcome replay(String options) {
        Outcome outcome =
                Outcome.in(folder, "replay --model %s/net.onnx --data %s/data --corruption images " + options);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        return outcome;
    }
}
