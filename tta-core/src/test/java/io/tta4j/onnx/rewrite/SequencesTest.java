package io.tta4j.onnx.rewrite;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.onnx.graph.TestGraph;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of tensors, as PyTorch's exporter writes splits when it must not optimise. */
class SequencesTest {

    private final TestGraph graph = new TestGraph(18);
    private final String x = graph.input("x", 6, 4);

    @ParameterizedTest
    @CsvSource({"0", "1", "2"})
    void cutsOutPartsOfEqualLength(long position) {
        at(graph.node("SplitToSequence", List.of(x, graph.longs(new long[0], 2)), attribute("axis", 1)), position);
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void cutsOutPartsOfGivenLengths(long position) {
        at(graph.node("SplitToSequence", List.of(x, graph.longs(1, 3)), attribute("axis", -1)), position);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "4, 1"})
    void cutsOutSlices(long position, int keeps) {
        at(graph.node("SplitToSequence", List.of(x), attribute("axis", 1), attribute("keepdims", keeps)), position);
    }

    private void at(String list, long position) {
        graph.output(graph.node("SequenceAt", List.of(list, graph.longs(new long[0], position))));
        Rewritten rewritten = Rewritten.of(graph.model());

        assertThat(rewritten.operators()).hasSize(1).doesNotContain("SequenceAt");
        rewritten.agrees();
    }

    @Test
    void joinsTheParts() {
        String list = graph.node("SequenceConstruct", List.of(x, graph.node("Neg", List.of(x))));
        graph.output(graph.node("ConcatFromSequence", List.of(list), attribute("axis", 1)));
        graph.output(graph.node("ConcatFromSequence", List.of(list), attribute("axis", 1), attribute("new_axis", 1)));

        Rewritten.of(graph.model()).agrees();
    }
}
