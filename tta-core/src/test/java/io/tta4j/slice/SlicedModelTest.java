package io.tta4j.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tta4j.RowModel;
import io.tta4j.engine.Features;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AdaptableModelContract;
import io.tta4j.model.Batch;
import io.tta4j.model.BatchNorms;
import io.tta4j.model.Matrix;
import io.tta4j.model.Observation;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.onnx.BatchNormNetwork;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import io.tta4j.onnx.graph.TestGraph;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlicedModelTest {

    /** Lets through so many runs, and writes down how many rows they have. */
    private static final class Counting implements Turnstile {

        final List<Integer> rows = new ArrayList<>();
        int left = Integer.MAX_VALUE;

        @Override
        public <T> T pass(int runRows, Supplier<T> run) {
            if (left-- == 0) {
                throw new CancellationException("closed");
            }
            rows.add(runRows);
            return run.get();
        }
    }

    private static final class Open implements Turnstile {

        @Override
        public <T> T pass(int rows, Supplier<T> run) {
            return run.get();
        }
    }

    /** What engines promise holds of slices, single rows, and three of a batch of four. */
    private abstract static class Contract extends AdaptableModelContract {

        private final int rowsPerSlice;

        Contract(int rowsPerSlice) {
            this.rowsPerSlice = rowsPerSlice;
        }

        @Override
        protected AdaptableModel open() {
            return sliced(OnnxOptions.ofDefaults());
        }

        @Override
        protected Optional<AdaptableModel> openWithFeatures() {
            return Optional.of(
                    sliced(OnnxOptions.custom().features(Features.AUTO).build()));
        }

        private AdaptableModel sliced(OnnxOptions options) {
            OnnxModel model = new BatchNormNetwork(true, 2, 3).load(BatchNormNetwork.EPSILON, options);
            SlicedModel sliced = new SlicedModel(model, rowsPerSlice, new Open());
            return (AdaptableModel) Proxy.newProxyInstance(
                    AdaptableModel.class.getClassLoader(),
                    new Class<?>[] {AdaptableModel.class},
                    (proxy, method, arguments) -> {
                        try {
                            return method.invoke(method.getName().equals("close") ? model : sliced, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        @Test
        protected void leavesBatchNormAsItIs() {
            try (AdaptableModel model = open()) {
                assertThat(model.withStatistics(Statistics.SOURCE)).isInstanceOf(SlicedModel.class);
            }
        }
    }

    @Nested
    class OfOneRow extends Contract {
        OfOneRow() {
            super(1);
        }
    }

    @Nested
    class OfThreeRows extends Contract {
        OfThreeRows() {
            super(3);
        }
    }

    private static final Matrix SEED = Matrix.of(5, 2, new float[] {1, 0, 0, 2, 3, 0, 0, 0, 0, -1});

    /** d/dtheta sum(seed * (theta x, -theta x)) = sum (seed_0 - seed_1) x = 1 - 4 + 9 + 5 = 11. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 100})
    void addsGradientsOverSlices(int rows) {
        RowModel model = new RowModel();
        SlicedModel sliced = new SlicedModel(model, rows, new Counting());
        try (Pass pass = sliced.forward(RowModel.batch(1, 2, 3, 4, 5), Vector.of(7))) {
            assertThat(pass.rows()).isEqualTo(5);
            assertThat(pass.logits().row(3)).containsExactly(28, -28);
            assertThat(pass.pullback(SEED)).isEqualTo(Vector.of(11));
            assertThat(pass.samplePullback(SEED)).isEqualTo(Matrix.of(5, 1, new float[] {1, -4, 9, 0, 5}));
            try (Pass again = pass.repeat(Vector.of(-1), 4, 0, 0, 3)) {
                assertThat(again.logits()).isEqualTo(Matrix.of(4, 2, new float[] {-5, 5, -1, 1, -1, 1, -4, 4}));
                assertThat(Objects.requireNonNull(again.batch().inputs().get("x"))
                                .floats()
                                .get(3))
                        .isEqualTo(4);
                assertThat(again.pullback(Matrix.of(4, 2, new float[] {1, 0, 10, 0, 100, 0, 1000, 0})))
                        .isEqualTo(Vector.of(5 + 10 + 100 + 4000));
            }
        }
        assertThat(model.open).hasValue(0);
    }

    @Test
    void runsNoSliceThatTheSeedLeavesOut() {
        Counting turnstile = new Counting();
        try (Pass pass =
                new SlicedModel(new RowModel(), 2, turnstile).forward(RowModel.batch(1, 2, 3, 4, 5, 6), Vector.of(1))) {
            assertThat(turnstile.rows).containsExactly(2, 2, 2);
            turnstile.rows.clear();
            assertThat(pass.pullback(Matrix.of(6, 2, new float[] {1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0})))
                    .isEqualTo(Vector.of(9));
            assertThat(turnstile.rows).containsExactly(2, 1);
        }
    }

    @Test
    void closesWhatItHasWhenItIsGivenUp() {
        for (int runs = 0; runs < 6; runs++) {
            RowModel model = new RowModel();
            Counting turnstile = new Counting();
            turnstile.left = runs;
            SlicedModel sliced = new SlicedModel(model, 2, turnstile);
            assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> {
                try (Pass pass = sliced.forward(RowModel.batch(1, 2, 3, 4, 5), Vector.of(1));
                        Pass again = pass.repeat(Vector.of(2), 0, 2, 4)) {
                    again.pullback(Matrix.of(3, 2, new float[] {1, 0, 1, 0, 1, 0}));
                }
            });
            assertThat(model.open).as("after %d runs", runs).hasValue(0);
        }
    }

    /** Where samples interact nothing is cut. */
    @Test
    void leavesInteractingSamplesTogether() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        float[] x = TestGraph.normal(new Random(1), 5 * BatchNormNetwork.CHANNELS * network.positions);
        try (OnnxModel model = network.load(BatchNormNetwork.EPSILON)) {
            Counting turnstile = new Counting();
            AdaptableModel onBatch = model.withStatistics(Statistics.BATCH);
            SlicedModel sliced = new SlicedModel(onBatch, 2, turnstile);
            try (Pass pass = sliced.forward(network.batch(x), model.source());
                    Pass whole = onBatch.forward(network.batch(x), model.source())) {
                assertThat(pass.logits()).isEqualTo(whole.logits());
            }
            assertThat(turnstile.rows).containsExactly(5);
        }
    }

    /** Moments that move with slices in turn are those that the same samples move in as many requests. */
    @Test
    void movesMomentsSliceAfterSlice() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        float[] x = TestGraph.normal(new Random(1), 5 * BatchNormNetwork.CHANNELS * network.positions);
        try (OnnxModel model = network.load(BatchNormNetwork.EPSILON)) {
            BatchNorms norms = model.batchNorms().orElseThrow();
            Batch batch = network.batch(x);
            Vector rates = norms.rates(10);
            Observation first = model.observe(batch.slice(0, 3), model.source(), norms.source(), rates);
            Observation second = model.observe(batch.slice(3, 5), model.source(), first.moments(), rates);

            Observation sliced =
                    new SlicedModel(model, 3, new Open()).observe(batch, model.source(), norms.source(), rates);

            assertThat(sliced.moments()).isEqualTo(second.moments());
            try (Pass pass = sliced.pass()) {
                assertThat(pass.logits())
                        .isEqualTo(Matrix.concatenate(
                                List.of(first.pass().logits(), second.pass().logits())));
            }
        }
    }
}
