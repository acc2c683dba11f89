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
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.onnx.SmallModels.Ending;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
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
                .hasMessageContaining("has no gradient rule");
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
}
