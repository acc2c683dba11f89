package io.tta4j.onnx.norm;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static io.tta4j.onnx.graph.TestGraph.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.NormKind;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.graph.TestGraph;
import io.tta4j.onnx.probe.Probe;
import io.tta4j.onnx.rewrite.CanonicalForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Most of what is found is tested with the gradients; here is what must not be taken for a norm layer. */
class NormFinderTest {

    private static List<NormSite> find(TestGraph written, String output, long... sample) {
        written.output(output);
        List<Long> shape = new ArrayList<>(List.of(InputSpec.ANY));
        Arrays.stream(sample).forEach(shape::add);
        InputSpec input = new InputSpec("x", ElementType.FLOAT32, shape);
        Graph graph = CanonicalForm.of(written.graph(), List.of(input)).graph();
        return NormFinder.find(graph, new Probe(graph, List.of(input)).facts(output));
    }

    /** The nodes of a layer norm before opset 17. */
    private static final class Decomposed {

        final TestGraph graph = new TestGraph(13);
        final String x = graph.input("x", 3, 5);
        final String centered;
        final String scaled;

        Decomposed(float exponent, long varianceAxis) {
            centered = graph.node("Sub", List.of(x, graph.node("ReduceMean", List.of(x), integers("axes", -1))));
            String power = graph.node("Pow", List.of(centered, graph.number(exponent)));
            String variance = graph.node("ReduceMean", List.of(power), integers("axes", varianceAxis));
            String root = graph.node("Sqrt", List.of(graph.node("Add", List.of(variance, graph.number(1e-5f)))));
            scaled = graph.node("Mul", List.of(graph.node("Div", List.of(centered, root)), graph.weights(5)));
        }
    }

    @Test
    void findsADecomposedLayerNormWithoutShifts() {
        Decomposed norm = new Decomposed(2, -1);

        assertThat(find(norm.graph, norm.scaled, 3, 5)).singleElement().satisfies(site -> {
            assertThat(site.input()).isEqualTo("x");
            assertThat(site.output()).isEqualTo(norm.scaled);
            assertThat(site.bias()).isEmpty();
        });
    }

    /** As PyTorch's exporter writes it when it must not optimise. */
    @Test
    void findsAGroupNormWhoseConstantsAreCastLikeActivations() {
        TestGraph graph = new TestGraph(18);
        float[] scales = {1, 2, 3, 4, 5, 6};
        float[] shifts = {-1, -2, -3, -4, -5, -6};
        String hidden = graph.node("Relu", List.of(graph.input("x", 6, 2, 2)));
        String groups = graph.longs(2);
        String grouped = graph.node("Reshape", List.of(hidden, graph.longs(0, 2, -1)));
        String ones = graph.node("Expand", List.of(castLike(graph, graph.number(1), hidden), groups));
        String zeros = graph.node("Expand", List.of(castLike(graph, graph.number(0), hidden), groups));
        String normalized = graph.node("InstanceNormalization", List.of(grouped, ones, zeros), real("epsilon", 1e-3f));
        String joined = graph.node("Reshape", List.of(normalized, graph.node("Shape", List.of(hidden))));
        String axes = graph.longs(1, 2);
        String weight = graph.node("Unsqueeze", List.of(graph.constant("norm.weight", scales, 6), axes));
        String scaled = graph.node("Mul", List.of(joined, castLike(graph, weight, joined)));
        String bias = graph.node("Unsqueeze", List.of(graph.constant("norm.bias", shifts, 6), axes));
        String shifted = graph.node("Add", List.of(scaled, castLike(graph, bias, scaled)));

        assertThat(find(graph, shifted, 6, 2, 2)).singleElement().satisfies(site -> {
            assertThat(site.kind()).isEqualTo(NormKind.GROUP);
            assertThat(site.normalization()).isEqualTo(new Normalization.OverGroups(2, 1e-3f));
            assertThat(site.input()).isEqualTo(hidden);
            assertThat(site.output()).isEqualTo(shifted);
            assertThat(Tensors.floats(site.weight().source())).containsExactly(scales);
            assertThat(site.bias())
                    .hasValueSatisfying(parameter ->
                            assertThat(Tensors.floats(parameter.source())).containsExactly(shifts));
        });
    }

    /** PoolFormer V2: what is added behind is the residual branch, or a constant of another shape. */
    @Test
    void takesNoSumForTheShiftsOfAGroupNorm() {
        for (boolean residual : new boolean[] {true, false}) {
            TestGraph graph = new TestGraph(17);
            String x = graph.node("Relu", List.of(graph.input("x", 6, 2, 2)));
            String grouped = graph.node("Reshape", List.of(x, graph.longs(0, 1, -1)));
            String normalized =
                    graph.node("InstanceNormalization", List.of(grouped, graph.filled(1, 1), graph.filled(0, 1)));
            String joined = graph.node("Reshape", List.of(normalized, graph.node("Shape", List.of(x))));
            String scaled = graph.node("Mul", List.of(joined, graph.weights(6, 1, 1)));
            String output = graph.node("Add", List.of(scaled, residual ? x : graph.weights(6, 2, 2)));

            assertThat(find(graph, output, 6, 2, 2)).singleElement().satisfies(site -> {
                assertThat(site.kind()).isEqualTo(NormKind.GROUP);
                assertThat(site.normalization()).isEqualTo(new Normalization.OverGroups(1, 1e-5f));
                assertThat(site.output()).isEqualTo(scaled);
                assertThat(site.bias()).isEmpty();
            });
        }
    }

    private static String castLike(TestGraph graph, String constant, String activation) {
        return graph.node("CastLike", List.of(constant, activation));
    }

    /** What normalises is left to the rules of its operators then. */
    @Test
    void takesScalesAndShiftsAloneBehindOtherPowersAndAxes() {
        Decomposed cube = new Decomposed(4, -1);
        Decomposed otherAxis = new Decomposed(2, 1);

        for (Decomposed norm : List.of(cube, otherAxis)) {
            assertThat(find(norm.graph, norm.scaled, 3, 5)).singleElement().satisfies(site -> {
                assertThat(site.normalization()).isEqualTo(new Normalization.Affine(2));
                assertThat(site.nodes()).hasSize(1);
                assertThat(site.output()).isEqualTo(norm.scaled);
            });
        }
    }

    /** A norm layer hands on the gradient of its output only; scales alone have no insides. */
    @Test
    void takesScalesAloneWhereInsidesAreReadElsewhere() {
        Decomposed norm = new Decomposed(2, -1);
        String output = norm.graph.node("Add", List.of(norm.scaled, norm.centered));

        assertThat(find(norm.graph, output, 3, 5))
                .extracting(NormSite::normalization)
                .containsExactly(new Normalization.Affine(2));
    }

    @Test
    void takesScalesAloneWhereABranchReadsInsides() {
        Decomposed norm = new Decomposed(2, -1);
        TestGraph graph = norm.graph;
        String sum = graph.node("ReduceSum", List.of(norm.x), attribute("keepdims", 0));
        String output = graph.node(
                "If",
                List.of(graph.node("Greater", List.of(sum, graph.number(0)))),
                graph.body("then_branch", then -> then.output(then.node("Add", List.of(norm.scaled, norm.centered)))),
                graph.body("else_branch", other -> other.output(other.node("Neg", List.of(norm.scaled)))));

        assertThat(find(graph, output, 3, 5))
                .extracting(NormSite::normalization)
                .containsExactly(new Normalization.Affine(2));
    }

    /** Cosine attention: unit vectors times a temperature for each head are no norm layer. */
    @Test
    void passesByTemperatures() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 3, 5);
        String length = graph.node("ReduceL2", List.of(x), integers("axes", -1));
        String unit = graph.node("Div", List.of(x, length));
        String output = graph.node("Mul", List.of(unit, graph.weights(3, 1)));

        assertThat(find(graph, output, 3, 5)).isEmpty();
    }

    @Test
    void passesByAGroupNormWhoseGroupsAreReadElsewhere() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 6, 4);
        String grouped = graph.node("Reshape", List.of(x, graph.longs(0, 2, -1)));
        String normalized =
                graph.node("InstanceNormalization", List.of(grouped, graph.filled(1, 2), graph.filled(0, 2)));
        String joined = graph.node("Reshape", List.of(normalized, graph.longs(0, 6, 4)));
        String scaled = graph.node("Mul", List.of(joined, graph.weights(6, 1)));
        String shifted = graph.node("Add", List.of(scaled, graph.weights(6, 1)));
        String again = graph.node("Reshape", List.of(grouped, graph.longs(0, 6, 4)));
        String output = graph.node("Add", List.of(shifted, again));

        assertThat(find(graph, output, 6, 4)).noneMatch(site -> site.output().equals(shifted));
    }

    @Test
    void passesByParametersThatAreComputed() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 5);
        String scales = graph.node("ReduceMean", List.of(x), integers("axes", 0), attribute("keepdims", 0));
        String output = graph.node("LayerNormalization", List.of(x, scales));

        assertThat(find(graph, output, 5)).isEmpty();
    }

    /** ONNX Runtime takes scales that are broadcast; a gradient by the normalised shape would not fit them. */
    @Test
    void passesByScalesThatAreBroadcast() {
        TestGraph graph = new TestGraph(17);
        String output = graph.node(
                "LayerNormalization",
                List.of(graph.input("x", 3, 5), graph.weights(1, 5), graph.weights(1, 5)),
                attribute("axis", 1));

        assertThat(find(graph, output, 3, 5)).isEmpty();
    }

    @Test
    void passesByBatchNormWithStatisticsThatAreComputed() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 3);
        String mean = graph.node("ReduceMean", List.of(x), integers("axes", 0), attribute("keepdims", 0));
        String output = graph.node(
                "BatchNormalization", List.of(x, graph.weights(3), graph.weights(3), mean, graph.filled(1, 3)));

        assertThat(find(graph, output, 3)).isEmpty();
    }
}
