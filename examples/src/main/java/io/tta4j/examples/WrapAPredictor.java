package io.tta4j.examples;

import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.modality.cv.translator.ImageClassificationTranslator;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import io.tta4j.method.Method;
import io.tta4j.predictor.AdaptivePredictor;
import io.tta4j.sar.Sar;
import io.tta4j.sar.SarConfig;
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
import java.util.stream.IntStream;

/**
 * A DJL image classifier with its Translator, wrapped in one line, on a stream that drifts: a camera whose pictures get
 * noisier, then noisy in another way, then better again.
 */
public final class WrapAPredictor {

    private static final int BATCH = 64;
    private static final int SIZE = TexturedShapes.SIZE;
    private static final long SEED = TexturedShapes.HELD_OUT_SEED;

    private WrapAPredictor() {}

    /**
     * A part of the stream.
     *
     * @param corruption what is wrong with its pictures
     * @param severity 1..5; 0 for nothing
     */
    record Stretch(String corruption, int severity) {

        @Override
        public String toString() {
            return severity == 0 ? "clean" : corruption + ", severity " + severity;
        }
    }

    /** The accuracies over a stretch, in percent. */
    record Accuracy(Stretch stretch, double source, double adapted) {}

    /** The drift, in order. */
    static final List<Stretch> STREAM = List.of(
            new Stretch("gaussian_noise", 0),
            new Stretch("gaussian_noise", 2),
            new Stretch("gaussian_noise", 5),
            new Stretch("shot_noise", 5),
            new Stretch("impulse_noise", 5),
            new Stretch("speckle_noise", 3),
            new Stretch("speckle_noise", 0));

    /** Runs the stream with 1024 images a stretch, or as many as the first argument says. */
    public static void main(String[] args) throws Exception {
        run(args.length == 0 ? 1024 : Integer.parseInt(args[0]), System.out);
    }

    /** Feeds the same stream to the model as it was trained and to the model that adapts. */
    static List<Accuracy> run(int images, PrintStream out)
            throws IOException, ModelNotFoundException, MalformedModelException, TranslateException {
        Path folder = Files.createTempDirectory("tta4j");
        Path file = folder.resolve("textured-shapes-resnet-gn.pt");
        try (InputStream network = TexturedShapes.class.getResourceAsStream("textured-shapes-resnet-gn.pt")) {
            Files.copy(Objects.requireNonNull(network), file);
            return serve(file, images, out);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private static List<Accuracy> serve(Path file, int images, PrintStream out)
            throws IOException, ModelNotFoundException, MalformedModelException, TranslateException {
        Criteria<Image, Classifications> criteria = Criteria.builder()
                .setTypes(Image.class, Classifications.class)
                .optModelPath(file)
                .optEngine("PyTorch")
                .optTranslator(ImageClassificationTranslator.builder()
                        .addTransform(new ToTensor())
                        .optSynset(TexturedShapes.classNames())
                        .optApplySoftmax(true)
                        .build())
                .build();
        // A stream as short as this one wants a larger learning rate than the default.
        Method sar = Sar.of(SarConfig.custom().learningRate(0.01).build());
        try (ZooModel<Image, Classifications> model = criteria.loadModel();
                Predictor<Image, Classifications> source = model.newPredictor();
                Predictor<Image, Classifications> adapted = AdaptivePredictor.of(criteria, sar)) {
            List<Accuracy> accuracies = new ArrayList<>();
            out.printf(Locale.ROOT, "%-28s %8s %8s%n", "accuracy, %", "source", "adapted");
            for (int i = 0; i < STREAM.size(); i++) {
                Accuracy accuracy = accuracy(STREAM.get(i), i * images, images, source, adapted);
                out.printf(
                        Locale.ROOT, "%-28s %8.1f %8.1f%n", accuracy.stretch(), accuracy.source(), accuracy.adapted());
                accuracies.add(accuracy);
            }
            return accuracies;
        }
    }

    private static Accuracy accuracy(
            Stretch stretch,
            int first,
            int images,
            Predictor<Image, Classifications> source,
            Predictor<Image, Classifications> adapted)
            throws TranslateException {
        int right = 0;
        int rightAdapted = 0;
        for (int start = first; start < first + images; start += BATCH) {
            int end = Math.min(start + BATCH, first + images);
            List<Image> batch = IntStream.range(start, end)
                    .mapToObj(index -> image(stretch, index))
                    .toList();
            right += right(source.batchPredict(batch), start);
            rightAdapted += right(adapted.batchPredict(batch), start);
        }
        return new Accuracy(stretch, 100.0 * right / images, 100.0 * rightAdapted / images);
    }

    private static int right(List<Classifications> found, int start) {
        int right = 0;
        for (int i = 0; i < found.size(); i++) {
            String label = TexturedShapes.classNames().get(TexturedShapes.label(SEED, start + i));
            right += found.get(i).best().getClassName().equals(label) ? 1 : 0;
        }
        return right;
    }

    private static Image image(Stretch stretch, int index) {
        byte[] pixels = TexturedShapes.image(SEED, index);
        if (stretch.severity() > 0) {
            pixels = Corruptions.named(stretch.corruption())
                    .apply(pixels, SIZE, SIZE, stretch.severity(), TexturedShapes.corruptionSeed(SEED, index));
        }
        int[] colours = new int[SIZE * SIZE];
        for (int i = 0; i < colours.length; i++) {
            colours[i] = 0xff << 24
                    | Byte.toUnsignedInt(pixels[3 * i]) << 16
                    | Byte.toUnsignedInt(pixels[3 * i + 1]) << 8
                    | Byte.toUnsignedInt(pixels[3 * i + 2]);
        }
        return ImageFactory.getInstance().fromPixels(colours, SIZE, SIZE);
    }
}
