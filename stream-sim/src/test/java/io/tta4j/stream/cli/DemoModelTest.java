package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.engine.Engines;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import io.tta4j.stream.corruption.Corruptions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The demo's network is the same on both engines, as is what it learns. */
final class DemoModelTest {

    private static final int ROWS = 16;
    private static final int STEPS = 10;
    private static final int PIXELS = 32 * 32;

    @Test
    void bothEnginesAdaptItAlike() throws IOException {
        Method sar = MethodChoice.of(List.of("sar"), List.of("sar.learningRate=0.001", "sar.margin=10"))
                .methods()
                .get(0);
        DemoImages images = new DemoImages(DemoImages.clean(ROWS * STEPS), Corruptions.named("gaussian_noise"), 5);
        try (DemoModel onnx = DemoModel.of(Engines.named("onnx"));
                DemoModel djl = DemoModel.of(Engines.named("djl"))) {
            AdaptableModel one = onnx.network();
            AdaptableModel other = djl.network();
            assertThat(other.layout()).isEqualTo(one.layout());
            assertThat(other.source()).isEqualTo(one.source());
            State first = sar.initial(one);
            State second = sar.initial(other);
            for (int step = 0; step < STEPS; step++) {
                Tensor pixels = pixels(images, step * ROWS);
                try (Pass pass = forward(one, pixels, first);
                        Pass same = forward(other, pixels, second)) {
                    assertThat(same.logits().toArray())
                            .containsExactly(pass.logits().toArray(), within(5e-4f));
                    first = sar.adapt(one, pass, first).state();
                    second = sar.adapt(other, same, second).state();
                }
                double moved = distance(first.theta(), one.source());
                assertThat(moved).isPositive();
                assertThat(distance(second.theta(), first.theta())).isLessThan(0.01 * moved);
            }
        }
    }

    @Test
    void leavesNoFileBehind() throws IOException {
        DemoModel model = DemoModel.of(Engines.named("onnx"));
        assertThat(model.bytes()).isNotEmpty();
        model.close();

        assertThat(Files.exists(model.file().getParent())).isFalse();
    }

    private static Pass forward(AdaptableModel model, Tensor pixels, State state) {
        return model.forward(Batch.of(model.inputs().get(0).name(), pixels), state.theta());
    }

    private static Tensor pixels(DemoImages images, int from) {
        float[] planes = new float[ROWS * 3 * PIXELS];
        byte[] image = new byte[3 * PIXELS];
        for (int row = 0; row < ROWS; row++) {
            images.read(from + row, image);
            for (int i = 0; i < image.length; i++) {
                planes[(row * 3 + i % 3) * PIXELS + i / 3] = (image[i] & 0xff) / 255f;
            }
        }
        return Tensor.of(planes, ROWS, 3, 32, 32);
    }

    private static double distance(Vector a, Vector b) {
        float[] left = a.toArray();
        float[] right = b.toArray();
        double squares = 0;
        for (int i = 0; i < left.length; i++) {
            double difference = (double) left[i] - right[i];
            squares += difference * difference;
        }
        return Math.sqrt(squares);
    }
}
