package io.tta4j.examples;

import io.tta4j.AdaptiveModel;
import io.tta4j.UnknownSample;
import io.tta4j.csfa.Csfa;
import io.tta4j.csfa.CsfaConfig;
import io.tta4j.csfa.prototype.SourceFeatures;
import io.tta4j.csfa.prototype.SourcePrototypes;
import io.tta4j.method.Answer;
import io.tta4j.method.Recognition;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import io.tta4j.stream.corruption.Corruptions;
import io.tta4j.stream.demo.TexturedShapes;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A class that the network was never trained on comes up in a stream, while the weather changes. It is flagged, an
 * operator names five of the flagged pictures, and from then on it is recognised.
 */
public final class NameANewClass {

    private static final int BATCH = 64;
    private static final int SIZE = TexturedShapes.SIZE;
    private static final long SEED = TexturedShapes.HELD_OUT_SEED;

    /** One picture in so many shows the newcomer, once it has come up. */
    private static final int RARITY = 6;

    private static final int NAMED = 5;

    private NameANewClass() {}

    /**
     * A part of the stream.
     *
     * @param title what happens
     * @param corruption what is wrong with its pictures
     * @param severity 1..5; 0 for nothing
     * @param newcomer whether the new class is among them
     */
    record Stretch(String title, String corruption, int severity, boolean newcomer) {}

    /**
     * What came out over a stretch, in percent.
     *
     * @param known accuracy on the ten classes of the network
     * @param newcomer accuracy on the new one; NaN where there was none
     * @param flaggedKnown how many samples of the ten classes were flagged as unknown
     * @param flaggedNewcomer how many of the new one
     */
    record Outcome(Stretch stretch, double known, double newcomer, double flaggedKnown, double flaggedNewcomer) {}

    private static final List<Stretch> STREAM = List.of(
            new Stretch("as in training", "gaussian_noise", 0, false),
            new Stretch("some noise", "gaussian_noise", 1, false),
            new Stretch("a newcomer", "gaussian_noise", 1, true),
            new Stretch("named; more noise", "gaussian_noise", 2, true),
            new Stretch("other noise", "speckle_noise", 2, true),
            new Stretch("clear again", "gaussian_noise", 0, true));

    /** Runs the stream with 768 images a stretch, or as many as the first argument says. */
    public static void main(String[] args) throws IOException {
        run(args.length == 0 ? 768 : Integer.parseInt(args[0]), System.out);
    }

    /** @param images of a stretch, a multiple of the batch */
    static List<Outcome> run(int images, PrintStream out) throws IOException {
        Path file = Files.createTempFile("tta4j", ".onnx");
        try (InputStream network = TexturedShapes.class.getResourceAsStream("textured-shapes-resnet-gn.onnx")) {
            Files.write(file, Objects.requireNonNull(network).readAllBytes());
            try (OnnxModel model =
                    OnnxModel.load(file, OnnxOptions.custom().features("auto").build())) {
                return serve(model, images, out);
            }
        } finally {
            Files.delete(file);
        }
    }

    private static List<Outcome> serve(OnnxModel model, int images, PrintStream out) {
        CsfaConfig config = CsfaConfig.custom()
                .prototypes(sourcePrototypes(model))
                .supports(CsfaConfig.Supports.STREAM)
                .build();
        AdaptiveModel adaptive = AdaptiveModel.of(model, Csfa.of(config));
        out.printf("%-20s %8s %10s %16s %19s%n", "%", "known", "newcomer", "flagged: known", "flagged: newcomer");
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < STREAM.size(); i++) {
            Outcome outcome = outcome(adaptive, STREAM.get(i), i * images, images);
            out.printf(
                    Locale.ROOT,
                    "%-20s %8.1f %10.1f %16.1f %19.1f%n",
                    outcome.stretch().title(),
                    outcome.known(),
                    outcome.newcomer(),
                    outcome.flaggedKnown(),
                    outcome.flaggedNewcomer());
            outcomes.add(outcome);
            if (adaptive.classes().size() == model.classes() && STREAM.get(i).newcomer()) {
                nameNewcomer(adaptive, STREAM.get(i), out);
            }
        }
        return outcomes;
    }

    /** Made once, where there is source data; a service reads them from a file. */
    private static SourcePrototypes sourcePrototypes(OnnxModel model) {
        SourceFeatures features =
                new SourceFeatures(TexturedShapes.classNames(), model.features().orElseThrow());
        for (int start = 0; start < 1024; start += BATCH) {
            List<byte[]> pictures = new ArrayList<>();
            int[] labels = new int[BATCH];
            for (int i = 0; i < BATCH; i++) {
                pictures.add(TexturedShapes.image(TexturedShapes.TRAINING_SEED, start + i));
                labels[i] = TexturedShapes.label(TexturedShapes.TRAINING_SEED, start + i);
            }
            try (Pass pass = model.serve(batch(pictures), model.source())) {
                features.add(pass.features(), labels);
            }
        }
        return features.prototypes();
    }

    private static Outcome outcome(AdaptiveModel adaptive, Stretch stretch, int first, int images) {
        int[] right = new int[2];
        int[] flagged = new int[2];
        int[] all = new int[2];
        adaptive.drainUnknowns();
        for (int start = first; start < first + images; start += BATCH) {
            int end = Math.min(start + BATCH, first + images);
            List<byte[]> pictures = new ArrayList<>();
            for (int index = start; index < end; index++) {
                pictures.add(picture(stretch, index));
            }
            Answer answer = adaptive.predict(batch(pictures));
            Recognition recognition = answer.recognition().orElseThrow();
            for (int index = start; index < end; index++) {
                int kind = isNewcomer(stretch, index) ? 1 : 0;
                all[kind]++;
                right[kind] += recognition.name(index - start).equals(name(stretch, index)) ? 1 : 0;
                flagged[kind] += recognition.isFlagged(index - start) ? 1 : 0;
            }
        }
        return new Outcome(
                stretch,
                100.0 * right[0] / all[0],
                100.0 * right[1] / all[1],
                100.0 * flagged[0] / all[0],
                100.0 * flagged[1] / all[1]);
    }

    /** The operator: looks through what was flagged lately, and names the first five that show the newcomer. */
    private static void nameNewcomer(AdaptiveModel adaptive, Stretch stretch, PrintStream out) {
        List<UnknownSample> flagged = adaptive.drainUnknowns();
        List<Batch> named = flagged.stream()
                .filter(sample -> isNewcomer(stretch, (int) (sample.request() - 1) * BATCH + sample.row()))
                .limit(NAMED)
                .map(UnknownSample::sample)
                .toList();
        adaptive.register(TexturedShapes.newcomerName(), Batch.concatenate(named));
        out.printf(
                "    of the last %d flagged, %d are named '%s'%n",
                flagged.size(), named.size(), TexturedShapes.newcomerName());
    }

    private static boolean isNewcomer(Stretch stretch, int index) {
        return stretch.newcomer() && index % RARITY == 0;
    }

    private static String name(Stretch stretch, int index) {
        return isNewcomer(stretch, index)
                ? TexturedShapes.newcomerName()
                : TexturedShapes.classNames().get(TexturedShapes.label(SEED, index));
    }

    private static byte[] picture(Stretch stretch, int index) {
        byte[] pixels =
                isNewcomer(stretch, index) ? TexturedShapes.newcomer(SEED, index) : TexturedShapes.image(SEED, index);
        return stretch.severity() == 0
                ? pixels
                : Corruptions.named(stretch.corruption())
                        .apply(pixels, SIZE, SIZE, stretch.severity(), TexturedShapes.corruptionSeed(SEED, index));
    }

    /** Interleaved bytes to planes of floats in 0..1. */
    private static Batch batch(List<byte[]> pictures) {
        int plane = SIZE * SIZE;
        float[] values = new float[pictures.size() * 3 * plane];
        for (int n = 0; n < pictures.size(); n++) {
            byte[] pixels = pictures.get(n);
            for (int i = 0; i < 3 * plane; i++) {
                values[n * 3 * plane + i % 3 * plane + i / 3] = Byte.toUnsignedInt(pixels[i]) / 255f;
            }
        }
        return Batch.of("image", Tensor.of(values, pictures.size(), 3, SIZE, SIZE));
    }
}
