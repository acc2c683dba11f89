package io.tta4j.onnx;

import static io.tta4j.onnx.SmallModels.CLASSES;
import static io.tta4j.onnx.SmallModels.ROWS;
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
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.onnx.SmallModels.Ending;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ends of a network: what its logits are, and what is no logits at all. */
class HeadTest {

    @ParameterizedTest
    @ValueSource(strings = {"Softmax", "LogSoftmax"})
    void adaptsTheLogitsOfAModelThatEndsInProbabilities(String operator) {
        ModelProto file = classifier(logits -> logits.then(operator, "/end").then("Identity", "/out"));
        try (OnnxModel model = load(file);
                OnnxModel bare = plain()) {
            Vector theta = moved(bare.source());
            try (Pass pass = model.forward(batch(), theta);
                    Pass expected = bare.forward(batch(), theta);
                    Pass served = model.serve(batch(), model.source())) {
                assertThat(model.source()).isEqualTo(bare.source());
                assertThat(pass.logits()).isEqualTo(expected.logits());
                assertThat(pass.pullback(seed())).isEqualTo(expected.pullback(seed()));
                assertThat(served.output().toArray())
                        .containsExactly(originalOutput(file, batch()).toArray(), within(1e-6f));
                assertThat(pass.output()).isNotEqualTo(pass.logits());
                for (int row = 0; row < ROWS; row++) {
                    double total = 0;
                    for (float value : pass.output().row(row)) {
                        total += operator.equals("Softmax") ? value : Math.exp(value);
                    }
                    assertThat(total).isCloseTo(1, within(1e-5));
                }
            }
        }
    }

    @Test
    void refusesAModelThatEndsInASigmoid() {
        ModelProto file = classifier(logits -> logits.then("Sigmoid", "/end/Sigmoid"));

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'small.onnx' ends in a Sigmoid (node '/end/Sigmoid')")
                .hasMessageContaining("multi-label");
    }

    @Test
    void refusesLogitsThatAreNoTable() {
        ModelProto file = classifier(logits -> new Ending(
                logits.graph(),
                logits.graph()
                        .node(
                                "Unsqueeze",
                                List.of(logits.tensor(), logits.graph().longs(1)))));

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must be of shape [N, C] with at least two classes, but are [N, 1, 3]");
    }

    /** Ends behind which probabilities would be taken for logits. */
    static Stream<Arguments> disguisedEnds() {
        return Stream.of(
                Arguments.of(end("Softmax", "Flatten"), "lies behind the Softmax (node '/end/Softmax')"),
                Arguments.of(end("Softmax", "Log"), "lies behind the Softmax (node '/end/Softmax')"),
                Arguments.of(end("LogSoftmax", "Flatten"), "lies behind the LogSoftmax (node '/end/LogSoftmax')"),
                Arguments.of(end("Sigmoid", "Flatten"), "ends in a Sigmoid (node '/end/Sigmoid')"),
                Arguments.of(end("Softmax", "Abs"), "must be unnormalised scores, but the rows sum to one"),
                Arguments.of(end("ArgMax"), "must be float32, but is INT64"));
    }

    private static UnaryOperator<Ending> end(String... operators) {
        return logits -> {
            Ending end = logits;
            for (String operator : operators) {
                end = end.then(operator, "/end/" + operator);
            }
            return end;
        };
    }

    @ParameterizedTest
    @MethodSource("disguisedEnds")
    void refusesProbabilitiesInDisguise(UnaryOperator<Ending> end, String message) {
        assertThatThrownBy(() -> load(classifier(end)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(message);
    }

    @Test
    void servesTheSourceOfASoftmaxModelFromTheOriginalFile() {
        try (OnnxModel softmax = load(classifier(end("Softmax")));
                OnnxModel logSoftmax = load(classifier(end("LogSoftmax")));
                OnnxModel plain = load(classifier(logits -> logits));
                Pass probabilities = softmax.serve(batch(), softmax.source());
                Pass logarithms = logSoftmax.serve(batch(), logSoftmax.source());
                Pass logits = plain.serve(batch(), plain.source())) {
            for (int row = 0; row < ROWS; row++) {
                // Logits are only defined up to a constant of the row.
                for (int column = 1; column < CLASSES; column++) {
                    float gap =
                            logits.logits().get(row, column) - logits.logits().get(row, 0);
                    assertThat(probabilities.logits().get(row, column)
                                    - probabilities.logits().get(row, 0))
                            .isCloseTo(gap, within(1e-4f));
                    assertThat(logarithms.logits().get(row, column)
                                    - logarithms.logits().get(row, 0))
                            .isCloseTo(gap, within(1e-4f));
                }
            }
        }
    }

    @Test
    void refusesASoftmaxOverAnotherAxis() {
        ModelProto file = classifier(logits -> new Ending(
                logits.graph(), logits.graph().node("Softmax", List.of(logits.tensor()), attribute("axis", 0))));

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must run over the classes, axis 1");
    }
}
