package io.tta4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.engine.RandomSamples;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every engine promises of a model whose samples are independent. An engine's test extends this. */
public abstract class AdaptableModelContract {

    private static final int ROWS = 4;

    /** In relation to a gradient's norm. */
    private static final double ROUNDING = 1e-4;

    /** A model to try, which the test closes, without features. */
    protected abstract AdaptableModel open();

    /** The same model with what its classifier, a plain product, is fed as features; empty where it has none. */
    protected abstract Optional<AdaptableModel> openWithFeatures();

    private AdaptableModel openFeatures() {
        Optional<AdaptableModel> model = openWithFeatures();
        Assumptions.assumeTrue(model.isPresent(), "skipped: the module puts out logits alone");
        return model.orElseThrow();
    }

    @Test
    void describesItself() {
        try (AdaptableModel model = open()) {
            AffineLayout layout = model.layout();
            int end = 0;
            for (NormLayer layer : layout.layers()) {
                assertThat(layer.weightOffset()).isEqualTo(end);
                end += layer.parameters();
            }
            assertThat(layout.layers()).extracting(NormLayer::name).doesNotHaveDuplicates();
            assertThat(layout.size()).isEqualTo(end).isEqualTo(model.source().size());
            assertThat(model.source().isFinite()).isTrue();
            assertThat(model.samplesIndependent()).isTrue();
            assertThat(model.classes()).isGreaterThan(1);
            assertThat(model.inputs()).isNotEmpty();
        }
    }

    @Test
    void answersForEachSampleAndClass() {
        try (AdaptableModel model = open();
                Pass served = model.serve(batch(model), model.source());
                Pass pass = model.forward(batch(model), model.source())) {
            for (Pass each : List.of(served, pass)) {
                assertThat(each.rows()).isEqualTo(ROWS).isEqualTo(each.logits().rows());
                assertThat(each.logits().columns()).isEqualTo(model.classes());
                assertThat(each.logits().isFinite()).isTrue();
            }
            assertClose(pass.logits(), served.logits());
        }
    }

    /** Whatever ran in between, and however often. */
    @Test
    void servesTheSourceStateBitForBit() {
        try (AdaptableModel model = open()) {
            Batch batch = batch(model);
            Matrix before = served(model, batch, model.source());
            Matrix elsewhere = served(model, batch, moved(model.source(), 1));
            try (Pass pass = model.forward(batch, moved(model.source(), 2))) {
                pass.pullback(seed(model, 3));
                try (Pass again = pass.repeat(moved(model.source(), 4), 2, 0)) {
                    again.pullback(Matrix.of(2, model.classes(), new float[2 * model.classes()]));
                }
            }

            assertThat(elsewhere).isNotEqualTo(before);
            assertThat(served(model, batch, model.source())).isEqualTo(before);
        }
    }

    @Test
    void givesTheSameBitsAgain() {
        try (AdaptableModel model = open()) {
            Vector theta = moved(model.source(), 1);
            Matrix seed = seed(model, 2);
            try (Pass pass = model.forward(batch(model), theta);
                    Pass again = model.forward(batch(model), theta)) {
                assertThat(again.logits()).isEqualTo(pass.logits());
                Vector gradient = pass.pullback(seed);
                assertThat(again.pullback(seed)).isEqualTo(gradient);
                assertThat(pass.pullback(seed)).isEqualTo(gradient);
            }
        }
    }

    @Test
    void pullsBackLinearly() {
        try (AdaptableModel model = open();
                Pass pass = model.forward(batch(model), moved(model.source(), 1))) {
            Matrix a = seed(model, 2);
            Matrix b = seed(model, 3);
            float[] combined = a.toArray();
            for (int i = 0; i < combined.length; i++) {
                combined[i] = 2 * combined[i] - 3 * b.toArray()[i];
            }
            Vector expected = pass.pullback(a).times(2).plus(-3, pass.pullback(b));

            assertThat(expected.norm()).isPositive();
            assertClose(pass.pullback(Matrix.of(ROWS, model.classes(), combined)), expected);
        }
    }

    /** Central differences of sum(logits * seed) along random directions; in float32, so with a generous step. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void pullsBackToTheDerivative(int direction) {
        try (AdaptableModel model = open()) {
            Batch batch = batch(model);
            Vector theta = moved(model.source(), 7);
            Matrix seed = seed(model, 8);
            Vector way = normal(theta.size(), 100 + direction);
            float step = 2e-3f;
            double difference = (inner(served(model, batch, theta.plus(step, way)), seed)
                            - inner(served(model, batch, theta.plus(-step, way)), seed))
                    / (2 * step);
            try (Pass pass = model.forward(batch, theta)) {
                Vector gradient = pass.pullback(seed);

                assertThat(Math.abs(gradient.dot(way) - difference)).isLessThan(0.01 * gradient.norm() * way.norm());
                assertThat(gradient.norm()).isPositive();
            }
        }
    }

    @Test
    void givesEachSampleItsShareOfTheGradient() {
        try (AdaptableModel model = open();
                Pass pass = model.forward(batch(model), moved(model.source(), 1))) {
            Matrix seed = seed(model, 2);
            Matrix rows = pass.samplePullback(seed);
            Vector sum = Vector.zeros(model.layout().size());
            for (int row = 0; row < ROWS; row++) {
                try (Pass alone = model.forward(batch(model).select(row), moved(model.source(), 1))) {
                    assertClose(Vector.of(rows.row(row)), alone.pullback(seed.select(row)));
                }
                sum = sum.plus(Vector.of(rows.row(row)));
            }
            assertClose(sum, pass.pullback(seed));
        }
    }

    static Stream<List<Integer>> rows() {
        return Stream.of(List.of(2, 0), List.of(0, 2), List.of(3), List.of(0, 1, 2, 3), List.of(1, 1, 3, 1, 0));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void givesNothingToRowsOfZerosInTheSeed(List<Integer> some) {
        try (AdaptableModel model = open()) {
            int[] rows = some.stream()
                    .mapToInt(Integer::intValue)
                    .distinct()
                    .sorted()
                    .toArray();
            Vector theta = moved(model.source(), 1);
            Matrix seed = seed(model, 2);
            float[] values = new float[ROWS * model.classes()];
            for (int row : rows) {
                System.arraycopy(seed.row(row), 0, values, row * model.classes(), model.classes());
            }
            Matrix sparse = Matrix.of(ROWS, model.classes(), values);
            try (Pass pass = model.forward(batch(model), theta);
                    Pass alone = model.forward(batch(model).select(rows), theta)) {
                assertClose(pass.pullback(sparse), alone.pullback(seed.select(rows)));
                Matrix samples = pass.samplePullback(sparse);
                for (int row = 0; row < ROWS; row++) {
                    assertThat(samples.isZero(row)).isEqualTo(sparse.isZero(row));
                }
                assertThat(pass.pullback(Matrix.of(ROWS, model.classes(), new float[values.length])))
                        .isEqualTo(Vector.zeros(theta.size()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void repeatsSomeRowsAtAnotherTheta(List<Integer> some) {
        try (AdaptableModel model = open()) {
            int[] rows = some.stream().mapToInt(Integer::intValue).toArray();
            Vector theta = moved(model.source(), 1);
            Pass pass = model.forward(batch(model), model.source());
            try (Pass repeated = pass.repeat(theta, rows)) {
                pass.close();
                try (Pass another = model.forward(batch(model), moved(model.source(), 5));
                        Pass selected = model.forward(batch(model).select(rows), theta);
                        Pass again = repeated.repeat(model.source(), 0);
                        Pass first = model.forward(batch(model).select(rows[0]), model.source())) {
                    assertThat(another.rows()).isEqualTo(ROWS);
                    assertSame(repeated, selected);
                    assertSame(again, first);
                }
            } finally {
                pass.close();
            }
        }
    }

    @Test
    void repeatsAServedPass() {
        try (AdaptableModel model = open()) {
            Vector theta = moved(model.source(), 1);
            try (Pass served = model.serve(batch(model), model.source());
                    Pass repeated = served.repeat(theta, 3, 1);
                    Pass selected = model.forward(batch(model).select(3, 1), theta)) {
                assertSame(repeated, selected);
            }
        }
    }

    @Test
    void passesTellTheirInputs() {
        try (AdaptableModel model = open()) {
            Batch batch = batch(model);
            try (Pass pass = model.forward(batch, model.source());
                    Pass served = model.serve(batch, model.source());
                    Pass repeated = pass.repeat(model.source(), 3, 1);
                    Pass again = repeated.repeat(model.source(), 1)) {
                assertThat(pass.batch()).isSameAs(batch);
                assertThat(served.batch()).isSameAs(batch);
                batch.inputs().forEach((name, tensor) -> {
                    assertThat(bytes(repeated, name))
                            .isEqualTo(tensor.select(3, 1).data());
                    assertThat(bytes(again, name)).isEqualTo(tensor.select(1).data());
                });
            }
        }
    }

    private static ByteBuffer bytes(Pass pass, String input) {
        return Objects.requireNonNull(pass.batch().inputs().get(input)).data();
    }

    @Test
    void repeatsWithoutItsActivations() {
        try (AdaptableModel model = open()) {
            Vector theta = moved(model.source(), 1);
            try (Pass pass = model.forward(batch(model), model.source())) {
                pass.pullback(seed(model, 2));
                pass.freeActivations();
                try (Pass repeated = pass.repeat(theta, 1, 2);
                        Pass selected = model.forward(batch(model).select(1, 2), theta)) {
                    assertSame(repeated, selected);
                }
            }
        }
    }

    /** Open passes at several parameters do not disturb each other. */
    @Test
    void holdsSeveralPasses() {
        try (AdaptableModel model = open()) {
            Matrix seed = seed(model, 2);
            List<Pass> passes = new ArrayList<>();
            List<Vector> alone = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Vector theta = moved(model.source(), 10 + i);
                try (Pass pass = model.forward(batch(model), theta)) {
                    alone.add(pass.pullback(seed));
                }
            }
            for (int i = 0; i < 5; i++) {
                passes.add(model.forward(batch(model), moved(model.source(), 10 + i)));
            }
            for (int i = 0; i < 5; i++) {
                assertClose(passes.get(i).pullback(seed), alone.get(i));
            }
            passes.forEach(Pass::close);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        try (AdaptableModel model = open()) {
            Batch batch = batch(model);
            Vector theta = model.source();
            Map<String, Tensor> renamed = new HashMap<>();
            batch.inputs().forEach((name, tensor) -> renamed.put(name + "?", tensor));
            Map<String, Tensor> more = new HashMap<>(batch.inputs());
            more.putAll(renamed);
            InputSpec input = model.inputs().get(0);
            Map<String, Tensor> longer = new HashMap<>(batch.inputs());
            Tensor tensor = Objects.requireNonNull(longer.get(input.name()));
            long[] shape = Arrays.copyOf(tensor.shape(), tensor.shape().length + 1);
            shape[shape.length - 1] = 1;
            longer.put(input.name(), Tensor.of(tensor.type(), tensor.data(), shape));

            for (Map<String, Tensor> wrong : List.of(renamed, more, longer)) {
                assertThatIllegalArgumentException().isThrownBy(() -> model.forward(Batch.of(wrong), theta));
                assertThatIllegalArgumentException().isThrownBy(() -> model.serve(Batch.of(wrong), theta));
            }
            String values = "theta must have %d values, but had 1".formatted(theta.size());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.forward(batch, Vector.zeros(1)))
                    .withMessage(values);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.serve(batch, Vector.zeros(1)))
                    .withMessage(values);
            try (Pass pass = model.forward(batch, theta)) {
                Matrix seed = Matrix.of(1, model.classes(), new float[model.classes()]);
                assertThatIllegalArgumentException().isThrownBy(() -> pass.pullback(seed));
                assertThatIllegalArgumentException().isThrownBy(() -> pass.samplePullback(seed));
                assertThatIllegalArgumentException().isThrownBy(() -> pass.repeat(theta));
                assertThatIllegalArgumentException().isThrownBy(() -> pass.repeat(Vector.zeros(1), 0));
                for (int row : new int[] {-1, ROWS, Integer.MAX_VALUE}) {
                    assertThatThrownBy(() -> pass.repeat(theta, 0, row)).isInstanceOf(IndexOutOfBoundsException.class);
                }
            }
        }
    }

    @Test
    void refusesWhatIsClosed() {
        AdaptableModel model = open();
        Vector theta = model.source();
        Matrix seed = seed(model, 2);
        Pass pass = model.forward(batch(model), theta);
        Pass freed = model.forward(batch(model), theta);
        Pass served = model.serve(batch(model), theta);
        Matrix logits = pass.logits();
        model.close();
        model.close();

        assertThatIllegalStateException().isThrownBy(() -> model.forward(batch(model), theta));
        assertThatIllegalStateException().isThrownBy(() -> model.serve(batch(model), theta));
        assertThatIllegalStateException().isThrownBy(() -> served.pullback(seed));
        assertThatIllegalStateException().isThrownBy(() -> served.samplePullback(seed));
        assertThat(pass.pullback(seed).norm()).as("a pass outlives its model").isPositive();
        try (Pass repeated = pass.repeat(moved(theta, 1), 0)) {
            assertThat(repeated.rows()).isEqualTo(1);
        }
        pass.close();
        pass.close();
        freed.close();
        assertThat(pass.logits()).isEqualTo(logits);
        assertThatIllegalStateException().isThrownBy(() -> pass.pullback(seed));
        assertThatIllegalStateException().isThrownBy(() -> pass.samplePullback(seed));
        assertThatIllegalStateException().isThrownBy(() -> pass.repeat(theta, 0));
    }

    @Test
    void closesWhileItIsUsed() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            AdaptableModel model = open();
            Batch batch = batch(model);
            Vector theta = moved(model.source(), 1);
            Matrix seed = seed(model, 2);
            Callable<Integer> use = () -> {
                for (int done = 0; done < 10_000; done++) {
                    try (Pass pass = model.forward(batch, theta)) {
                        pass.pullback(seed);
                    } catch (IllegalStateException closed) {
                        return done;
                    }
                }
                return -1;
            };
            List<Future<Integer>> users =
                    IntStream.range(0, 4).mapToObj(i -> threads.submit(use)).toList();
            served(model, batch, theta);
            model.close();
            for (Future<Integer> user : users) {
                assertThat(user.get()).isNotNegative();
            }
        } finally {
            threads.shutdown();
        }
    }

    /** Eight threads, each at parameters of its own: who got others' would give others' logits or gradient. */
    @Test
    void givesEachThreadItsOwnParameters() throws Exception {
        int users = 8;
        ExecutorService threads = Executors.newFixedThreadPool(users);
        try (AdaptableModel model = open()) {
            Batch batch = batch(model);
            Matrix seed = seed(model, 2);
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int user = 0; user < users; user++) {
                Vector theta = user == 0 ? model.source() : moved(model.source(), 20 + user);
                Matrix logits = served(model, batch, theta);
                Vector gradient;
                try (Pass pass = model.forward(batch, theta)) {
                    gradient = pass.pullback(seed);
                }
                work.add(() -> {
                    for (int i = 0; i < 40; i++) {
                        if (i % 3 == 0) {
                            try (Pass pass = model.forward(batch, theta)) {
                                assertClose(pass.logits(), logits);
                                assertClose(pass.pullback(seed), gradient);
                            }
                        } else {
                            assertThat(served(model, batch, theta)).isEqualTo(logits);
                        }
                    }
                    return true;
                });
            }
            for (Future<Boolean> done : threads.invokeAll(work)) {
                assertThat(done.get()).isTrue();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    protected void leavesBatchNormAsItIs() {
        try (AdaptableModel model = open()) {
            assertThat(model.withStatistics(Statistics.SOURCE)).isSameAs(model);
        }
    }

    @Test
    void refusesFeaturesThatWereNotAskedFor() {
        try (AdaptableModel model = open();
                Pass pass = model.forward(batch(model), model.source());
                Pass served = model.serve(batch(model), model.source())) {
            assertThat(model.features()).isEmpty();
            assertThat(model.classifierWeights()).isEmpty();
            for (Pass each : List.of(pass, served)) {
                assertThatIllegalStateException()
                        .isThrownBy(each::features)
                        .withMessageContaining("loaded with features")
                        .withMessageContaining("--features auto");
            }
        }
    }

    /** At every theta, by every way to a pass: logits = features W^T + b, with one b. */
    @Test
    void classifiesItsFeatures() {
        try (AdaptableModel model = openFeatures()) {
            Matrix weights = model.classifierWeights().orElseThrow();
            assertThat(weights.rows()).isEqualTo(model.classes());
            assertThat(weights.columns()).isEqualTo(model.features().orElseThrow());
            List<Vector> shifts = new ArrayList<>();
            for (Vector theta : List.of(model.source(), moved(model.source(), 1), moved(model.source(), 2))) {
                try (Pass pass = model.forward(batch(model), theta);
                        Pass served = model.serve(batch(model), theta);
                        Pass repeated = pass.repeat(moved(theta, 3), 3, 1)) {
                    for (Pass each : List.of(pass, served, repeated)) {
                        assertThat(each.features().rows()).isEqualTo(each.rows());
                        assertThat(each.features().columns()).isEqualTo(weights.columns());
                        for (int row = 0; row < each.rows(); row++) {
                            shifts.add(Vector.of(each.logits().row(row))
                                    .minus(product(
                                            weights, Vector.of(each.features().row(row)))));
                        }
                    }
                    assertClose(served.features(), pass.features());
                }
            }
            for (Vector shift : shifts) {
                assertThat(shift.minus(shifts.get(0)).norm()).isLessThan(1e-4 * (1 + weightsNorm(weights)));
            }
        }
    }

    private static double weightsNorm(Matrix weights) {
        return Vector.of(weights.toArray()).norm();
    }

    private static Vector product(Matrix weights, Vector features) {
        float[] logits = new float[weights.rows()];
        for (int row = 0; row < logits.length; row++) {
            logits[row] = (float) Vector.of(weights.row(row)).dot(features);
        }
        return Vector.of(logits);
    }

    @Test
    void movesItsFeaturesWithTheta() {
        try (AdaptableModel model = openFeatures()) {
            Vector theta = moved(model.source(), 1);
            try (Pass source = model.forward(batch(model), model.source());
                    Pass pass = model.forward(batch(model), theta);
                    Pass again = model.forward(batch(model), theta)) {
                assertThat(pass.features()).isNotEqualTo(source.features());
                assertThat(again.features()).isEqualTo(pass.features());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void givesRowsOfARepetitionTheirFeatures(List<Integer> some) {
        try (AdaptableModel model = openFeatures()) {
            int[] rows = some.stream().mapToInt(Integer::intValue).toArray();
            Vector theta = moved(model.source(), 1);
            try (Pass pass = model.forward(batch(model), model.source());
                    Pass repeated = pass.repeat(theta, rows);
                    Pass whole = model.forward(batch(model), theta)) {
                assertClose(repeated.features(), whole.features().select(rows));
            }
        }
    }

    @Test
    void leavesFeaturesReadable() {
        AdaptableModel model = openFeatures();
        Pass pass = model.forward(batch(model), model.source());
        Matrix features = pass.features();
        pass.freeActivations();
        assertThat(pass.features()).isEqualTo(features);
        pass.close();
        model.close();
        assertThat(pass.features()).isEqualTo(features);
    }

    /** Who asks for features gets the same answers and the same gradients. */
    @Test
    void answersWithFeaturesAsWithout() {
        try (AdaptableModel model = openFeatures();
                AdaptableModel without = open()) {
            Batch batch = batch(model);
            Vector theta = moved(model.source(), 1);
            assertThat(served(model, batch, model.source())).isEqualTo(served(without, batch, model.source()));
            try (Pass pass = model.forward(batch, theta);
                    Pass expected = without.forward(batch, theta)) {
                assertSame(pass, expected);
                assertClose(pass.samplePullback(seed(model, 2)), expected.samplePullback(seed(model, 2)));
            }
        }
    }

    /** As good as bit for bit: kernels round one row another way than several. */
    private static void assertSame(Pass pass, Pass expected) {
        int classes = expected.logits().columns();
        Matrix seed = Matrix.of(
                expected.rows(), classes, normal(expected.rows() * classes, 37).toArray());
        assertClose(pass.logits(), expected.logits());
        assertClose(pass.pullback(seed), expected.pullback(seed));
    }

    private static void assertClose(Matrix found, Matrix expected) {
        assertThat(found.rows()).isEqualTo(expected.rows());
        assertClose(Vector.of(found.toArray()), Vector.of(expected.toArray()));
    }

    private static void assertClose(Vector found, Vector expected) {
        assertThat(found.minus(expected).norm()).isLessThanOrEqualTo(ROUNDING * expected.norm());
    }

    private static Matrix served(AdaptableModel model, Batch batch, Vector theta) {
        try (Pass pass = model.serve(batch, theta)) {
            return pass.logits();
        }
    }

    private static double inner(Matrix a, Matrix b) {
        return Vector.of(a.toArray()).dot(Vector.of(b.toArray()));
    }

    private static Batch batch(AdaptableModel model) {
        return RandomSamples.of(model.inputs(), ROWS);
    }

    private static Matrix seed(AdaptableModel model, int which) {
        return Matrix.of(
                ROWS, model.classes(), normal(ROWS * model.classes(), which).toArray());
    }

    private static Vector moved(Vector theta, int which) {
        return theta.plus(0.05f, normal(theta.size(), which));
    }

    private static Vector normal(int size, int seed) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Vector.of(values);
    }
}
