package io.tta4j.onnx.probe;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.BatchAxis;
import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.graph.TestGraph;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ProbeTest {

    private static final InputSpec X = new InputSpec("x", ElementType.FLOAT32, List.of(InputSpec.ANY, 6L));
    private static final Extent N = new Extent(1, 0);

    private final TestGraph written = new TestGraph(17);
    private final String x = written.input("x", 6);

    private Probe probe(String output) {
        written.output(output);
        return new Probe(written.graph(), List.of(X));
    }

    private Facts facts(String output) {
        return probe(output).facts(output);
    }

    private static Shape shape(Object... extents) {
        return new Shape(Arrays.stream(extents)
                .map(extent -> extent instanceof Integer number ? Extent.of(number) : (Extent) extent)
                .toList());
    }

    // ---- shapes

    @Test
    void givesShapesAsFunctionsOfTheBatch() {
        String pairs = written.node("Reshape", List.of(x, written.longs(-1, 2)));
        String moved = written.node("Transpose", List.of(pairs));
        String withRow = written.node("Concat", List.of(pairs, written.weights(1, 2)), attribute("axis", 0));
        String sum = written.node("ReduceSum", List.of(withRow), attribute("keepdims", 0));
        String back = written.node("Add", List.of(written.node("Reshape", List.of(pairs, written.longs(-1, 6))), sum));
        Facts facts = facts(back);

        assertThat(facts.shape("x")).isEqualTo(shape(N, 6));
        assertThat(facts.shape(pairs)).isEqualTo(shape(new Extent(3, 0), 2));
        assertThat(facts.shape(moved)).isEqualTo(shape(2, new Extent(3, 0)));
        assertThat(facts.shape(withRow)).isEqualTo(shape(new Extent(3, 1), 2));
        assertThat(facts.shape(sum)).isEqualTo(shape());
        assertThat(facts.shape(withRow).at(7)).containsExactly(22, 2);
        assertThat(facts.shape(withRow)).hasToString("[3N+1, 2]");
    }

    @Test
    void refusesShapesThatAreNoLinearFunctionOfTheBatch() {
        String products = written.node("Gemm", List.of(x, x), attribute("transB", 1));
        String square = written.node("Reshape", List.of(products, written.longs(-1)));
        String output = written.node("Add", List.of(x, written.node("ReduceSum", List.of(square))));
        Facts facts = facts(output);

        assertThat(facts.shape(products)).isEqualTo(shape(N, N));
        assertThatThrownBy(() -> facts.shape(square))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(square)
                .hasMessageContaining("no linear function of the batch size");
    }

    // ---- integers

    @Test
    void tellsIntegersThatDependOnTheBatchFromOthers() {
        String shape = written.node("Shape", List.of(x));
        String width = written.node("Slice", List.of(shape, written.longs(1), written.longs(2)));
        String half = written.node("Div", List.of(width, written.longs(2)));
        String output = written.node("Slice", List.of(x, half, width, written.longs(1)));
        Facts facts = facts(output);

        assertThat(facts.integers(half)).containsExactly(3);
        assertThat(facts.shape(output)).isEqualTo(shape(N, 3));
        assertThatThrownBy(() -> facts.integers(shape))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must not depend on the batch");
    }

    @Test
    void takesNoIntegersFromData() {
        String best = written.node("ArgMax", List.of(x), attribute("axis", 1));
        String output = written.node("GatherElements", List.of(x, best), attribute("axis", 1));
        Facts facts = facts(output);

        assertThatThrownBy(() -> facts.integers(best)).isInstanceOf(ModelException.class);
    }

    // ---- constants

    @Test
    void foldsWhatDependsOnNoInput() {
        String sum = written.node("Add", List.of(written.number(2), written.number(3)));
        String scale = written.node("Mul", List.of(sum, written.number(4)));
        String type = written.node("Shape", List.of(written.weights(7, 2)));
        String output = written.node("Mul", List.of(x, scale));
        written.output(output);
        Graph folded = Probe.foldConstants(written.graph());

        assertThat(folded.nodes()).extracting(Node::operator).containsExactly("Mul");
        assertThat(folded.constant(scale))
                .hasValueSatisfying(
                        constant -> assertThat(Tensors.floats(constant)).containsExactly(20));
        assertThat(folded.constant(type)).isEmpty();
    }

    @Test
    void foldsConstantNodes() {
        String indices =
                written.node("Constant", List.of(), TestGraph.tensor("value", Tensors.of("", new long[] {4, 1}, 2)));
        written.output(written.node("Gather", List.of(x, indices), attribute("axis", 1)));
        Graph folded = Probe.foldConstants(written.graph());

        assertThat(folded.nodes()).hasSize(1);
        assertThat(folded.constant(indices))
                .hasValueSatisfying(
                        constant -> assertThat(Tensors.integers(constant)).containsExactly(4, 1));
    }

    @Test
    void keepsOfTransposedWeightsOnlyTheResult() {
        String weights = written.weights(4, 6);
        String transposed = written.node("Transpose", List.of(weights));
        written.output(written.node("MatMul", List.of(x, transposed)));
        Graph folded = Probe.foldConstants(written.graph());

        assertThat(folded.nodes()).extracting(Node::operator).containsExactly("MatMul");
        assertThat(folded.initializers()).containsOnlyKeys(transposed);
    }

    @Test
    void keepsWeightsThatAnotherNodeReadsAsTheyAre() {
        String weights = written.weights(6, 6);
        String transposed = written.node("Transpose", List.of(weights));
        String product = written.node("MatMul", List.of(x, transposed));
        written.output(written.node("MatMul", List.of(product, weights)));

        assertThat(Probe.foldConstants(written.graph()).initializers()).containsOnlyKeys(weights, transposed);
    }

    @Test
    void keepsWhatOnlyTheBodyOfABranchReads() {
        String shift = written.weights(6);
        String scale = written.node("Neg", List.of(written.weights(6)));
        String output =
                branch(then -> then.node("Add", List.of(x, shift)), other -> other.node("Mul", List.of(x, scale)));
        written.output(output);
        Graph folded = Probe.foldConstants(written.graph());

        assertThat(folded.initializers()).containsKeys(shift, scale);
        assertThat(new Probe(folded, List.of(X)).facts(output).shape(output)).isEqualTo(shape(N, 6));
    }

    private String branch(Function<TestGraph, String> then, Function<TestGraph, String> otherwise) {
        String sum = written.node("ReduceSum", List.of(x), attribute("keepdims", 0));
        String condition = written.node("Greater", List.of(sum, written.number(0)));
        return written.node(
                "If",
                List.of(condition),
                written.body("then_branch", body -> body.output(then.apply(body))),
                written.body("else_branch", body -> body.output(otherwise.apply(body))));
    }

    @Test
    void passesByListsOfTensors() {
        String parts = written.node("SplitToSequence", List.of(x, written.longs(2, 4)), attribute("axis", 1));
        String largest = written.node("ReduceMax", List.of(x), attribute("keepdims", 0));
        String place = written.node("Cast", List.of(largest), attribute("to", DataType.INT64.getNumber()));
        String first = written.node("Mul", List.of(place, written.longs(new long[0], 0)));
        String output = written.node("SequenceAt", List.of(parts, first));

        assertThat(probe(output).facts(output).shape(output)).isEqualTo(shape(N, 2));
    }

    @Test
    void leavesChanceAlone() {
        String noise = written.node("RandomNormal", List.of(), integers("shape", 6));
        written.output(written.node("Add", List.of(x, noise)));

        assertThat(Probe.foldConstants(written.graph()).nodes()).hasSize(2);
    }

    // ---- where the batch lies

    @Test
    void tellsBlocksOfSamplesFromInterleavedOnes() {
        String parts = written.node("Reshape", List.of(x, written.longs(-1, 3, 2)));
        String blocks = written.node("Reshape", List.of(x, written.longs(-1, 2)));
        String moved = written.node("Transpose", List.of(parts), integers("perm", 1, 0, 2));
        String interleaved = written.node("Reshape", List.of(moved, written.longs(-1, 2)));
        String behind = written.node("Transpose", List.of(blocks));
        String sum = written.node("ReduceSum", List.of(blocks, written.longs(0)));
        String output = written.node("Add", List.of(x, written.node("ReduceSum", List.of(x))));
        Facts facts = facts(output);

        assertThat(facts.batchAxis("x")).contains(new BatchAxis(0, 1, true));
        assertThat(facts.batchAxis(blocks)).contains(new BatchAxis(0, 3, true));
        assertThat(facts.batchAxis(moved)).contains(new BatchAxis(1, 1, true));
        assertThat(facts.batchAxis(interleaved)).contains(new BatchAxis(0, 3, false));
        assertThat(facts.batchAxis(behind)).contains(new BatchAxis(1, 3, true));
        assertThat(facts.batchAxis(sum)).isEmpty();
    }

    @Test
    void findsSamplesInTensorsOfAnyType() {
        String positive = written.node("Greater", List.of(x, written.number(0.5f)));
        String pairs = written.node("Reshape", List.of(positive, written.longs(-1, 3, 2)));
        String behind = written.node("Transpose", List.of(pairs), integers("perm", 1, 2, 0));
        String inner = written.node("Reshape", List.of(behind, written.longs(2, -1)));
        String order = written.nodes("TopK", List.of(x, written.longs(4)), 2).get(1);
        Facts facts = facts(written.node("Identity", List.of(x)));

        assertThat(facts.batchAxis(positive)).contains(new BatchAxis(0, 1, true));
        assertThat(facts.batchAxis(behind)).contains(new BatchAxis(2, 1, true));
        assertThat(facts.batchAxis(inner)).contains(new BatchAxis(1, 3, false));
        assertThat(facts.batchAxis(order)).contains(new BatchAxis(0, 1, true));
    }

    /** A reversed batch is the same as a permuted one of three: the middle stays where it is. */
    @Test
    void findsNoBatchAxisWhereSamplesChangePlaces() {
        String reversed = written.node(
                "Slice",
                List.of(x, written.longs(-1), written.longs(Long.MIN_VALUE), written.longs(0), written.longs(-1)));
        String first = written.node("Slice", List.of(x, written.longs(0), written.longs(1), written.longs(0)));
        String rest =
                written.node("Slice", List.of(x, written.longs(1), written.longs(Long.MAX_VALUE), written.longs(0)));
        String rolled = written.node("Concat", List.of(rest, first), attribute("axis", 0));
        Facts facts = facts(written.node("Identity", List.of(x)));

        assertThat(facts.shape(reversed)).isEqualTo(facts.shape(rolled)).isEqualTo(shape(N, 6));
        assertThat(facts.batchAxis(reversed)).isEmpty();
        assertThat(facts.batchAxis(rolled)).isEmpty();
    }

    /** Whether an axis of 6 N is (N, 6) or (6, N) shows only where its entries differ. */
    @Test
    void doesNotGuessWhereEntriesAreAlike() {
        String none = written.node("Mul", List.of(x, written.number(0)));
        String flat = written.node("Reshape", List.of(none, written.longs(-1)));
        Facts facts = facts(written.node("Identity", List.of(x)));

        assertThat(facts.batchAxis(none)).contains(new BatchAxis(0, 1, true));
        assertThat(facts.batchAxis(flat)).isEmpty();
    }

    @Test
    void findsSamplesBehindASoftmaxAndANorm() {
        String softmax = written.node("Softmax", List.of(x));
        String normalized = written.node("LayerNormalization", List.of(x, written.filled(1, 6), written.filled(0, 6)));
        String rows = written.node("Concat", List.of(softmax, normalized), attribute("axis", 1));
        String blocks = written.node("Reshape", List.of(rows, written.longs(-1, 6)));
        Facts facts = facts(written.node("Identity", List.of(x)));

        assertThat(facts.batchAxis(softmax)).contains(new BatchAxis(0, 1, true));
        assertThat(facts.batchAxis(normalized)).contains(new BatchAxis(0, 1, true));
        assertThat(facts.batchAxis(blocks)).contains(new BatchAxis(0, 2, true));
    }

    /** Without axes, a Squeeze of a single sample takes the batch away too. */
    @Test
    void takesAFurtherSizeWhereASingleSampleIsSpecial() {
        String apart = written.node("Reshape", List.of(x, written.longs(-1, 6, 1, 1)));
        String squeezed = written.node("Squeeze", List.of(apart));
        String output = written.node("Gemm", List.of(squeezed, written.weights(6, 3)));
        Facts facts = facts(output);

        assertThat(facts.shape(squeezed)).isEqualTo(shape(N, 6));
        assertThat(facts.shape(output)).isEqualTo(shape(N, 3));
        assertThat(facts.samplesIndependent()).isTrue();
    }

    @Test
    void findsNoBatchAxisWhereSamplesInteract() {
        String mixed = written.node("CumSum", List.of(x, written.longs(0)));

        assertThat(facts(mixed).batchAxis(mixed)).isEmpty();
    }

    // ---- independence

    @Test
    void findsSamplesIndependentWhereEachRowIsAlone() {
        assertThat(facts(written.node("Softmax", List.of(x))).samplesIndependent())
                .isTrue();
    }

    @Test
    void findsSamplesThatInteractThroughAMean() {
        String mean = written.node("ReduceMean", List.of(x), integers("axes", 0));

        assertThat(facts(written.node("Sub", List.of(x, mean))).samplesIndependent())
                .isFalse();
    }

    @Test
    void findsSamplesThatInteractThroughBatchStatistics() {
        String output = written.nodes(
                        "BatchNormalization",
                        List.of(x, written.weights(6), written.weights(6), written.filled(0, 6), written.filled(1, 6)),
                        3,
                        attribute("training_mode", 1))
                .get(0);

        assertThat(facts(output).samplesIndependent()).isFalse();
    }
}
