package io.tta4j.examples;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.Answer;
import io.tta4j.model.Batch;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.sar.Sar;
import java.nio.file.Path;
import java.util.List;

/** The smallest program: a served model, wrapped. The README shows the lines between the markers. */
public final class WrapAModel {

    private WrapAModel() {}

    /**
     * Answers each request and adapts to it.
     *
     * @param file an ONNX classifier with norm layers and an input {@code image} of shape [N, 3, 32, 32]
     * @param requests the pixels of 16 images each, row-major
     */
    static void serve(Path file, List<float[]> requests) {
        // readme: start
        try (OnnxModel model = OnnxModel.load(file)) {
            AdaptiveModel adaptive = AdaptiveModel.of(model, Sar.ofDefaults());
            for (float[] pixels : requests) {
                Batch batch = Batch.of("image", Tensor.of(pixels, 16, 3, 32, 32));
                Answer answer = adaptive.predict(batch);
                System.out.println(List.of(answer.predictions()[0], adaptive.counters()));
            }
        }
        // readme: end
    }

    /** Runs on a file that is named on the command line, with one request of black images. */
    public static void main(String[] args) {
        serve(Path.of(args[0]), List.of(new float[16 * 3 * 32 * 32]));
    }
}
