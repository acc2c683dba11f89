package io.tta4j.djl;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.djl.DjlOptions.Activations;
import io.tta4j.engine.RandomSamples;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Many threads answer at the published parameters while one adapts them. */
class DjlSharingTest {

    private static final int STEPS = 60;
    private static final int READERS = 8;

    /**
     * What is published, with all that shows whether a reader got the whole of it.
     *
     * @param theta the parameters
     * @param checksum of theta
     * @param logits of the readers' batch at theta, computed by nobody else's run
     */
    private record Published(Vector theta, int checksum, Matrix logits) {}

    private volatile Published published = new Published(Vector.zeros(0), 0, Matrix.of(0, 1, new float[0]));

    static Stream<Arguments> models() {
        DjlOptions one = DjlOptions.custom().modules(1).build();
        DjlOptions recomputing =
                DjlOptions.custom().activations(Activations.RECOMPUTED).build();
        DjlOptions four = DjlOptions.custom().modules(4).build();
        return Stream.of(
                Arguments.of(Modules.small("small.pt"), one),
                Arguments.of(Modules.small("small.pt"), DjlOptions.ofDefaults()),
                Arguments.of(Modules.small("small.pt"), recomputing),
                Arguments.of(Modules.small("small.pt"), four),
                Arguments.of(Modules.small("theta.pt"), DjlOptions.ofDefaults()));
    }

    @ParameterizedTest
    @MethodSource("models")
    void neverMixesParameters(Path file, DjlOptions options) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        AtomicBoolean adapting = new AtomicBoolean(true);
        try (DjlModel model = DjlModel.load(file, options);
                DjlModel alone = DjlModel.load(file, options)) {
            Batch asked = RandomSamples.of(model.inputs(), 3);
            Batch learned = RandomSamples.of(model.inputs(), 8);
            publish(alone, asked, model.source());
            Callable<Integer> reader = () -> {
                int answers = 0;
                while (adapting.get() || answers == 0) {
                    Published now = published;
                    assertThat(now.theta().hashCode()).isEqualTo(now.checksum());
                    try (Pass pass = model.serve(asked, now.theta())) {
                        assertThat(pass.logits()).isEqualTo(now.logits());
                    }
                    answers++;
                }
                return answers;
            };
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(threads.submit(reader));
            }
            for (int step = 0; step < STEPS; step++) {
                Vector theta = published.theta();
                Vector next;
                Vector expected;
                try (Pass pass = model.forward(learned, theta);
                        Pass ahead = pass.repeat(theta.times(1.05f), 0, 2, 4, 6)) {
                    next = theta.plus(-0.01f, ahead.pullback(ahead.logits()).plus(pass.pullback(pass.logits())));
                }
                try (Pass pass = alone.forward(learned, theta);
                        Pass ahead = pass.repeat(theta.times(1.05f), 0, 2, 4, 6)) {
                    expected = theta.plus(-0.01f, ahead.pullback(ahead.logits()).plus(pass.pullback(pass.logits())));
                }
                assertThat(next).isEqualTo(expected);
                publish(alone, asked, next);
            }
            adapting.set(false);
            for (Future<Integer> each : readers) {
                assertThat(each.get()).isPositive();
            }
        } finally {
            adapting.set(false);
            threads.shutdown();
        }
    }

    private void publish(DjlModel alone, Batch asked, Vector theta) {
        try (Pass pass = alone.serve(asked, theta)) {
            published = new Published(theta, theta.hashCode(), pass.logits());
        }
    }
}
