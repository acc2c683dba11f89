package io.tta4j.stream.demo;

import io.tta4j.stream.corruption.Corruption;
import io.tta4j.stream.corruption.Corruptions;
import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Writes the demo's images for the scripts in {@code tools/demo}: for each of the splits {@code train}, {@code tuning}
 * and {@code held-out} the files {@code SPLIT-images.npy} and {@code SPLIT-labels.npy}, and for the latter two
 * {@code SPLIT-CORRUPTION-SEVERITY.npy} for every corruption at the severities asked for.
 */
final class ExportDemoSet {

    private static final int SIZE = TexturedShapes.SIZE;

    private final Path folder;

    private ExportDemoSet(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            throw new IllegalArgumentException("usage: ExportDemoSet FOLDER TRAIN_COUNT TEST_COUNT [SEVERITY ...]");
        }
        ExportDemoSet export = new ExportDemoSet(Files.createDirectories(Path.of(arguments[0])));
        int[] severities =
                Arrays.stream(arguments).skip(3).mapToInt(Integer::parseInt).toArray();
        int testCount = Integer.parseInt(arguments[2]);
        export.writeSplit("train", TexturedShapes.TRAINING_SEED, Integer.parseInt(arguments[1]));
        export.writeSplit("tuning", TexturedShapes.TUNING_SEED, testCount, severities);
        export.writeSplit("held-out", TexturedShapes.HELD_OUT_SEED, testCount, severities);
    }

    private void writeSplit(String split, long seed, int count, int... severities) throws IOException {
        byte[] labels = new byte[count];
        byte[][] images = new byte[count][];
        for (int index = 0; index < count; index++) {
            labels[index] = (byte) TexturedShapes.label(seed, index);
            images[index] = TexturedShapes.image(seed, index);
        }
        NpyFile.write(folder.resolve(split + "-labels.npy"), NpyArray.of(labels, count));
        writeImages(split + "-images.npy", count, index -> images[index]);
        for (int severity : severities) {
            for (Corruption corruption : Corruptions.all()) {
                writeImages("%s-%s-%d.npy".formatted(split, corruption.name(), severity), count, index -> {
                    long corruptionSeed = TexturedShapes.corruptionSeed(seed, index);
                    return corruption.apply(images[index], SIZE, SIZE, severity, corruptionSeed);
                });
            }
        }
    }

    private void writeImages(String file, int count, IntFunction<byte[]> image) throws IOException {
        int length = SIZE * SIZE * 3;
        byte[] all = new byte[count * length];
        for (int index = 0; index < count; index++) {
            System.arraycopy(image.apply(index), 0, all, index * length, length);
        }
        NpyFile.write(folder.resolve(file), NpyArray.of(all, count, SIZE, SIZE, 3));
    }
}
