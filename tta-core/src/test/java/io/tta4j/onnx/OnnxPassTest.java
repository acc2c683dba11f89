package io.tta4j.onnx;

import static io.tta4j.onnx.SmallModels.CLASSES;
import static io.tta4j.onnx.SmallModels.FEATURES;
import static io.tta4j.onnx.SmallModels.ROWS;
import static io.tta4j.onnx.SmallModels.batch;
import static io.tta4j.onnx.SmallModels.classifier;
import static io.tta4j.onnx.SmallModels.load;
import static io.tta4j.onnx.SmallModels.moved;
import static io.tta4j.onnx.SmallModels.norm;
import static io.tta4j.onnx.SmallModels.plain;
import static io.tta4j.onnx.SmallModels.seed;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import io.tta4j.onnx.graph.TestGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A pass: its gradients, its repetitions and its life. */
class OnnxPassTest {

    private static final Offset<Float> ROUNDING = within(1e-5f);

    @Test
    void givesASamplesRowsThatSumToTheGradient() {
        try (OnnxModel model = plain();
                Pass pass = model.forward(batch(), moved(model.source()))) {
            Vector gradient = pass.pullback(seed());
            Matrix rows = pass.samplePullback(seed());
            Vector sum = IntStream.range(0, ROWS)
                    .mapToObj(row -> Vector.of(rows.row(row)))
                    .reduce(Vector::plus)
                    .orElseThrow();

            assertThat(gradient.norm()).isPositive();
            assertThat(sum.minus(gradient).norm()).isLessThan(1e-5 * gradient.norm());
        }
    }

    static Stream<int[]> rows() {
        return Stream.of(
                new int[] {2, 0},
                new int[] {0, 2},
                new int[] {3},
                new int[] {3, 2, 1, 0},
                new int[] {0, 1, 2, 3},
                new int[] {1, 1, 3, 1, 0});
    }

    @ParameterizedTest
    @MethodSource("rows")
    void repeatsSomeRowsAtAnotherTheta(int[] rows) {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            try (Pass pass = model.forward(batch(), model.source());
                    Pass repeated = pass.repeat(theta, rows);
                    Pass selected = model.forward(batch().select(rows), theta)) {
                assertSame(repeated, selected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void repeatsAPassThatIsClosedThen(int[] rows) {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            Pass pass = model.forward(batch(), model.source());
            Pass repeated = pass.repeat(theta, rows);
            pass.close();
            // What a closed pass has freed is likely to be written by the next one.
            try (Pass another = model.forward(batch(7), model.source());
                    Pass selected = model.forward(batch().select(rows), theta)) {
                assertThat(another.rows()).isEqualTo(7);
                assertSame(repeated, selected);
            } finally {
                repeated.close();
            }
        }
    }

    @Test
    void repeatsARepeatedPass() {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            try (Pass pass = model.forward(batch(), model.source());
                    Pass repeated = pass.repeat(theta, 3, 1, 0);
                    Pass again = repeated.repeat(model.source(), 2, 0);
                    Pass selected = model.forward(batch().select(0, 3), model.source())) {
                assertSame(again, selected);
            }
        }
    }

    @Test
    void repeatsAServedPassAsATracedOne() {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            try (Pass pass = model.serve(batch(), model.source());
                    Pass repeated = pass.repeat(theta, 3, 1);
                    Pass selected = model.forward(batch().select(3, 1), theta)) {
                assertSame(repeated, selected);
            }
        }
    }

    /** As good as bit for bit: products over one row are rounded another way than over several. */
    private static void assertSame(Pass pass, Pass expected) {
        int rows = expected.rows();
        Matrix seed = Matrix.of(rows, CLASSES, TestGraph.normal(new Random(37), rows * CLASSES));
        assertThat(pass.rows()).isEqualTo(rows);
        assertThat(pass.logits().toArray()).containsExactly(expected.logits().toArray(), ROUNDING);
        assertThat(pass.pullback(seed).toArray())
                .containsExactly(expected.pullback(seed).toArray(), ROUNDING);
        assertThat(pass.samplePullback(seed).toArray())
                .containsExactly(expected.samplePullback(seed).toArray(), ROUNDING);
        assertThat(pass.pullback(seed).norm()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, ROWS, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusesToRepeatRowsThatThereAreNot(int row) {
        try (OnnxModel model = plain();
                Pass traced = model.forward(batch(), model.source());
                Pass served = model.serve(batch(), model.source())) {
            Vector theta = model.source();

            for (Pass pass : List.of(traced, served)) {
                assertThatThrownBy(() -> pass.repeat(theta, 0, row))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessage("Index %d out of bounds for length 4", row);
            }
        }
    }

    @Test
    void refusesToRepeatNoRows() {
        try (OnnxModel model = plain();
                Pass traced = model.forward(batch(), model.source());
                Pass served = model.serve(batch(), model.source())) {
            assertThatIllegalArgumentException().isThrownBy(() -> traced.repeat(model.source()));
            assertThatIllegalArgumentException().isThrownBy(() -> served.repeat(model.source()));
        }
    }

    @Test
    void givesNothingToRowsOfZerosInTheSeed() {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            float[] some = seed().toArray();
            Arrays.fill(some, CLASSES, 2 * CLASSES, 0);
            Arrays.fill(some, 3 * CLASSES, 4 * CLASSES, 0);
            try (Pass pass = model.forward(batch(), theta);
                    Pass alone = model.forward(batch().select(0, 2), theta)) {
                Vector gradient = pass.pullback(Matrix.of(ROWS, CLASSES, some));
                Vector expected = alone.pullback(seed().select(0, 2));

                assertThat(expected.norm()).isPositive();
                assertThat(gradient.minus(expected).norm()).isLessThan(1e-5 * expected.norm());
                assertThat(Vector.of(pass.samplePullback(Matrix.of(ROWS, CLASSES, some))
                                        .row(3))
                                .norm())
                        .isZero();
                assertThat(pass.pullback(Matrix.of(ROWS, CLASSES, new float[ROWS * CLASSES])))
                        .isEqualTo(Vector.zeros(10));
            }
        }
    }

    /** Twice through the same layer: once as one module, once as two that an exporter gave the same values. */
    @Test
    void addsTheGradientsOfAModuleThatIsCalledTwice() {
        try (OnnxModel together = load(twice("norm", "norm"));
                OnnxModel apart = load(twice("a", "b"));
                Pass one = together.forward(batch(), together.source());
                Pass two = apart.forward(batch(), apart.source())) {
            assertThat(apart.layout().layers()).extracting(NormLayer::name).containsExactly("a", "b");
            int size = together.layout().size();
            Vector both = two.pullback(seed());
            Vector sum = Vector.of(both.slice(0, size)).plus(Vector.of(both.slice(size, size)));

            assertThat(one.logits()).isEqualTo(two.logits());
            assertThat(one.pullback(seed()).minus(sum).norm()).isLessThan(1e-5 * sum.norm());
            assertThat(one.samplePullback(seed()).columns()).isEqualTo(size);
        }
    }

    private static ModelProto twice(String first, String second) {
        TestGraph graph = new TestGraph(17);
        List<String> parameters = List.of(
                graph.constant("shared.weight", TestGraph.normal(new Random(1), FEATURES), FEATURES),
                graph.constant("shared.bias", TestGraph.normal(new Random(2), FEATURES), FEATURES));
        String end = graph.input("x", FEATURES);
        for (String path : List.of(first, second)) {
            String active = graph.node("Tanh", List.of(end));
            String name = "/%s/LayerNormalization%s".formatted(path, end);
            end = graph.named(name, "LayerNormalization", List.of(active, parameters.get(0), parameters.get(1)));
        }
        graph.output(graph.node("MatMul", List.of(end, graph.weights(FEATURES, CLASSES))));
        return graph.model();
    }

    @Test
    void givesZerosToALayerThatTheLogitsDoNotDependOn() {
        TestGraph graph = new TestGraph(17);
        String hidden = graph.node("MatMul", List.of(graph.input("x", FEATURES), graph.weights(FEATURES, 5)));
        graph.output(norm(graph, "beside", hidden));
        String logits = graph.node("MatMul", List.of(norm(graph, "used", hidden), graph.weights(5, CLASSES)));
        graph.output(logits);
        OnnxOptions options = OnnxOptions.custom().logits(logits).build();
        try (OnnxModel model = OnnxModel.load(graph.model().toByteArray(), "two.onnx", options);
                Pass pass = model.forward(batch(), model.source())) {
            Vector gradient = pass.pullback(seed());

            assertThat(Vector.of(gradient.slice(0, 10))).isEqualTo(Vector.zeros(10));
            assertThat(Vector.of(gradient.slice(10, 10)).norm()).isPositive();
            assertThat(pass.samplePullback(seed()).columns()).isEqualTo(20);
        }
    }

    @Test
    void refusesSingleGradientsWhereSamplesInteract() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 5);
        String shared = graph.node("Sub", List.of(x, graph.node("ReduceMean", List.of(x), integers("axes", 0))));
        graph.output(norm(graph, "norm", shared));
        try (OnnxModel model = load(graph.model());
                Pass pass = model.forward(Batch.of("x", Tensor.of(new float[10], 2, 5)), model.source())) {
            Matrix ones = Matrix.of(2, 5, new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1});

            assertThat(model.samplesIndependent()).isFalse();
            assertThat(pass.pullback(ones).size()).isEqualTo(10);
            assertThatIllegalStateException()
                    .isThrownBy(() -> pass.samplePullback(ones))
                    .withMessageContaining("samples must be independent");
        }
    }

    @Test
    void repeatsAnOpenPassOfAClosedModel() {
        OnnxModel model = load(classifier(logits -> logits));
        try (Pass pass = model.forward(batch(), model.source())) {
            model.close();
            try (Pass again = pass.repeat(model.source(), 1)) {
                assertThat(again.logits().toArray())
                        .containsExactly(pass.logits().select(1).toArray(), ROUNDING);
            }
        }
        assertThatThrownBy(() -> model.forward(batch(), model.source())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesToPullBackAClosedPass() {
        try (OnnxModel model = plain()) {
            Pass pass = model.forward(batch(), model.source());
            pass.close();
            pass.close();

            assertThatIllegalStateException()
                    .isThrownBy(() -> pass.pullback(seed()))
                    .withMessage("the pass is closed");
            assertThatIllegalStateException().isThrownBy(() -> pass.samplePullback(seed()));
            assertThatIllegalStateException().isThrownBy(() -> pass.repeat(model.source(), 0));
            assertThat(pass.logits().rows()).isEqualTo(ROWS);
        }
    }

    @Test
    void refusesToPullBackAServedPass() {
        try (OnnxModel model = plain();
                Pass pass = model.serve(batch(), model.source())) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> pass.pullback(seed()))
                    .withMessageContaining("must come from forward");
            assertThatIllegalStateException().isThrownBy(() -> pass.samplePullback(seed()));
        }
    }

    @Test
    void outlivesItsModelAsAPass() {
        OnnxModel model = plain();
        try (Pass pass = model.forward(batch(), model.source())) {
            Vector before = pass.pullback(seed());
            model.close();
            model.close();

            assertThat(pass.pullback(seed())).isEqualTo(before);
            assertThatIllegalStateException()
                    .isThrownBy(() -> model.forward(batch(), model.source()))
                    .withMessage("model 'small.onnx' is closed");
            assertThatIllegalStateException().isThrownBy(() -> model.serve(batch(), model.source()));
        }
    }
}
