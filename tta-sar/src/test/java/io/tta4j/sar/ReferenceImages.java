package io.tta4j.sar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tta4j.djl.DjlModel;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.OnnxModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * The images that the reference traces were made over, and the networks that they were made with. A test that asks for
 * one is skipped, with a line that says so, where {@code ../shared} is missing.
 */
public final class ReferenceImages {

    private static final int BATCH = 64;
    private static final int CHANNELS = 3;
    private static final int PIXELS = 32 * 32;

    private final int[] bytes;

    private ReferenceImages(int[] bytes) {
        this.bytes = bytes;
    }

    /** CIFAR-10 under Gaussian noise, in stored order. */
    public static ReferenceImages read() {
        return read("cifar10/severity5/gaussian_noise.npy");
    }

    /** The images of a file in {@code ../shared}, in stored order. */
    public static ReferenceImages read(String file) {
        return new ReferenceImages(Npz.readArray(shared(file)).bytes());
    }

    /** The labels of a file there. */
    public static int[] labels(String file) {
        return Npz.readArray(shared(file)).bytes();
    }

    /** A network by its file's name; TorchScript runs on DJL. The caller closes it. */
    public static AdaptableModel network(String file) {
        Path path = shared("models/" + file);
        return file.endsWith(".pt") ? DjlModel.load(path) : OnnxModel.load(path);
    }

    /** A file there. */
    public static Path shared(String file) {
        Path path = Path.of(System.getProperty("tta4j.root", ".."), "..", "shared", file)
                .toAbsolutePath()
                .normalize();
        assumeTrue(Files.exists(path), "skipped: this needs ../shared/" + file + ", which is not there");
        return path;
    }

    /** The k-th batch of 64, k from 0: uint8 HWC to float CHW in 0..1. */
    public Batch batch(AdaptableModel model, int k) {
        return select(model, IntStream.range(k * BATCH, (k + 1) * BATCH).toArray());
    }

    /** A batch of the images in these places. */
    public Batch select(AdaptableModel model, int... images) {
        float[] values = new float[images.length * CHANNELS * PIXELS];
        for (int i = 0; i < images.length; i++) {
            int start = images[i] * CHANNELS * PIXELS;
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                for (int channel = 0; channel < CHANNELS; channel++) {
                    values[(i * CHANNELS + channel) * PIXELS + pixel] =
                            bytes[start + pixel * CHANNELS + channel] / 255f;
                }
            }
        }
        return Batch.of(model.inputs().get(0).name(), Tensor.of(values, images.length, CHANNELS, 32, 32));
    }
}
