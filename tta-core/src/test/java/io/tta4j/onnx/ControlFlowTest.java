package io.tta4j.onnx;

import static io.tta4j.onnx.SmallModels.CLASSES;
import static io.tta4j.onnx.SmallModels.FEATURES;
import static io.tta4j.onnx.SmallModels.batch;
import static io.tta4j.onnx.SmallModels.classifier;
import static io.tta4j.onnx.SmallModels.load;
import static io.tta4j.onnx.SmallModels.moved;
import static io.tta4j.onnx.SmallModels.originalOutput;
import static io.tta4j.onnx.SmallModels.plain;
import static io.tta4j.onnx.SmallModels.seed;
import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.onnx.SmallModels.Ending;
import io.tta4j.onnx.graph.TestGraph;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes with bodies, which capture tensors that are no inputs of theirs. */
class ControlFlowTest {

    /** What a branch or a loop reads inside its bodies alone is no input of its node. */
    static Stream<UnaryOperator<Ending>> bodiesThatReadTheirSurroundings() {
        return Stream.of(
                logits -> logits.branch(
                        then -> then.node("Neg", List.of(logits.tensor())),
                        other -> other.node("Identity", List.of(logits.tensor()))),
                logits -> logits.branch(
                        then -> then.node("MatMul", List.of("x", then.weights(FEATURES, CLASSES))),
                        other -> other.node("Identity", List.of(logits.tensor()))),
                logits -> logits.branch(
                        then -> then.node("MatMul", List.of("x", then.weights(FEATURES, CLASSES))),
                        other -> new Ending(other, logits.tensor())
                                .branch(
                                        then -> then.node("Neg", List.of(logits.tensor())),
                                        inner -> inner.node("MatMul", List.of("x", inner.weights(FEATURES, CLASSES))))
                                .tensor()),
                logits -> logits.loop(logits.tensor()));
    }

    @ParameterizedTest
    @MethodSource("bodiesThatReadTheirSurroundings")
    void namesTheNodeWhoseBodiesReadWhatIsAdapted(UnaryOperator<Ending> end) {
        assertThatThrownBy(() -> load(classifier(end)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'small.onnx' cannot be adapted: ")
                .hasMessageContaining("node '/control' lies between a norm layer and the logits")
                .hasMessageContaining("has no gradient rule; its bodies read what is adapted: export the model with the"
                        + " branch that is taken");
    }

    static Stream<UnaryOperator<Ending>> bodiesThatReadNothingAdapted() {
        return Stream.of(
                logits -> logits.branch(
                        then -> then.node("MatMul", List.of("x", then.weights(FEATURES, CLASSES))),
                        other -> other.node(
                                "Neg", List.of(other.node("MatMul", List.of("x", other.weights(FEATURES, CLASSES)))))),
                logits -> logits.loop(logits.graph()
                        .node("MatMul", List.of("x", logits.graph().weights(FEATURES, CLASSES)))));
    }

    @ParameterizedTest
    @MethodSource("bodiesThatReadNothingAdapted")
    void passesByBodiesThatReadNothingAdapted(UnaryOperator<Ending> end) {
        ModelProto file = classifier(logits -> new Ending(
                logits.graph(),
                logits.graph()
                        .node("Add", List.of(logits.tensor(), end.apply(logits).tensor()))));
        try (OnnxModel model = load(file);
                OnnxModel bare = plain()) {
            Vector theta = moved(bare.source());
            try (Pass pass = model.forward(batch(), theta);
                    Pass expected = bare.forward(batch(), theta);
                    Pass served = model.serve(batch(), model.source())) {
                Vector gradient = expected.pullback(seed());

                assertThat(served.logits()).isEqualTo(originalOutput(file, batch()));
                assertThat(pass.logits()).isNotEqualTo(expected.logits());
                assertThat(pass.pullback(seed()).minus(gradient).norm()).isLessThan(1e-5 * gradient.norm());
            }
        }
    }

    /** A loop over a mask's rows, and a branch that data decide, in front of the first norm layer. */
    @Test
    void evaluatesWhatLiesInFrontOfTheFirstNorm() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", FEATURES);
        String sum = graph.node("ReduceSum", List.of(x), attribute("keepdims", 0));
        String chosen = graph.node(
                "If",
                List.of(graph.node("Greater", List.of(sum, graph.number(0)))),
                graph.body("then_branch", body -> body.output(body.node("Neg", List.of(x)))),
                graph.body("else_branch", body -> body.output(body.node("Identity", List.of(x)))));
        String looped =
                graph.node("Loop", List.of(graph.longs(new long[0], 3), "", chosen), graph.body("body", body -> {
                    body.scalar("step", DataType.INT64);
                    String goOn = body.scalar("go_on", DataType.BOOL);
                    String value = body.input("value", FEATURES);
                    body.output(body.node("Identity", List.of(goOn)));
                    body.output(body.node("Add", List.of(value, x)));
                }));
        graph.output(
                graph.node("LayerNormalization", List.of(looped, graph.weights(FEATURES), graph.weights(FEATURES))));
        Matrix seed =
                Matrix.of(SmallModels.ROWS, FEATURES, TestGraph.normal(new Random(2), SmallModels.ROWS * FEATURES));
        try (OnnxModel model = load(graph.model());
                Pass pass = model.forward(batch(), model.source())) {
            float[] shifts = pass.pullback(seed).toArray();
            for (int feature = 0; feature < FEATURES; feature++) {
                float column = 0;
                for (int row = 0; row < SmallModels.ROWS; row++) {
                    column += seed.get(row, feature);
                }
                assertThat(shifts[FEATURES + feature]).isCloseTo(column, within(1e-5f));
            }
        }
    }
}
