package io.tta4j.onnx.norm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.NormKind;
import io.tta4j.model.NormLayer;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.TestGraph;
import io.tta4j.onnx.probe.Facts;
import io.tta4j.onnx.probe.Probe;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How gradients of shared layers add up is tested with {@code OnnxPassTest}, where they can be run. */
class LiftingTest {

    private static final float[] SCALES = {1, 2, 3};
    private static final float[] SHIFTS = {4, 5, 6};

    private final TestGraph written = new TestGraph(17);
    private final String weight = written.constant("shared.weight", SCALES, 3);
    private final String bias = written.constant("shared.bias", SHIFTS, 3);
    private String end = written.input("x", 3);
    private int nodes;

    private void norm(String path, String scale, String shift) {
        String name = "/%s/LayerNormalization_%d".formatted(path, nodes++);
        end = written.named(name, "LayerNormalization", List.of(end, scale, shift));
    }

    private Lifting lift() {
        written.output(end);
        return lift(written.graph());
    }

    private Lifting lift(Graph graph) {
        return new Lifting(NormFinder.find(graph, facts(graph)));
    }

    private Facts facts(Graph graph) {
        InputSpec input = new InputSpec("x", ElementType.FLOAT32, List.of(InputSpec.ANY, 3L));
        return new Probe(graph, List.of(input)).facts(end);
    }

    @Test
    void laysLayersOutInGraphOrder() {
        norm("first", weight, bias);
        end = written.named("/second/LayerNormalization", "LayerNormalization", List.of(end, written.filled(7, 3)));
        norm("third", written.filled(8, 3), written.filled(9, 3));

        Lifting lifting = lift();

        assertThat(lifting.layout().layers())
                .containsExactly(
                        new NormLayer("first", NormKind.LAYER, 3, 0, OptionalInt.of(3)),
                        new NormLayer("second", NormKind.LAYER, 3, 6, OptionalInt.empty()),
                        new NormLayer("third", NormKind.LAYER, 3, 9, OptionalInt.of(12)));
        assertThat(lifting.source().toArray()).containsExactly(1, 2, 3, 4, 5, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9);
    }

    @Test
    void separatesModulesThatAnExporterGaveOneInitializer() {
        norm("a/norm", weight, bias);
        norm("b/norm", weight, bias);

        assertThat(lift().layout().layers()).extracting(NormLayer::name).containsExactly("a.norm", "b.norm");
    }

    @Test
    void completesNamesByInitializersOfOneReaderAlone() {
        norm("norm", written.constant("head.norm.weight", SCALES, 3), bias);
        norm("a/shared", weight, bias);
        norm("norm_1", written.constant("other.norm_1.weight", SHIFTS, 3), bias);
        norm("norm_1", "other.norm_1.weight", bias);

        assertThat(lift().layout().layers())
                .extracting(NormLayer::name)
                .containsExactly("head.norm", "a.shared", "norm_1");
    }

    @Test
    void givesAModuleThatIsCalledTwiceOneSlice() {
        norm("norm", weight, bias);
        norm("norm", weight, bias);

        Lifting lifting = lift();

        assertThat(lifting.sites()).hasSize(2);
        assertThat(lifting.layout().layers()).extracting(NormLayer::name).containsExactly("norm");
        assertThat(lifting.layout().size()).isEqualTo(6);
    }

    @Test
    void knowsTorchScriptsNameOfAModulesSecondCall() {
        norm("group/norm_2", weight, bias);
        norm("group_1/norm_2", weight, bias);
        norm("group/norm_2_1", weight, bias);

        assertThat(lift().layout().layers()).extracting(NormLayer::name).containsExactly("group.norm_2");
    }

    @Test
    void keepsNumberedModulesWithParametersOfTheirOwnApart() {
        norm("norm", weight, bias);
        norm("norm_1", written.filled(1, 3), bias);
        norm("norm_2", weight, written.filled(1, 3));

        assertThat(lift().layout().layers()).extracting(NormLayer::name).containsExactly("norm", "norm_1", "norm_2");
    }

    @Test
    void numbersOtherLayersOfTheSamePath() {
        norm("norm", weight, bias);
        norm("norm", written.filled(1, 3), bias);
        norm("norm", weight, bias);

        assertThat(lift().layout().layers()).extracting(NormLayer::name).containsExactly("norm", "norm#2");
    }

    @Test
    void redirectsTheParametersToTheta() {
        norm("norm", weight, bias);
        Graph graph = written.graph();
        GraphBuilder copy = new GraphBuilder();
        lift(graph).copyNodes(graph, facts(graph), copy);
        Graph lifted = new Graph(copy.build(8, written.model().getOpsetImportList()));

        Node norm = lifted.nodes().get(1);
        assertThat(norm.operator()).isEqualTo("LayerNormalization");
        assertThat(norm.inputs().subList(1, 3))
                .isEqualTo(lifted.producer(norm.input(1), "Split").orElseThrow().outputs());
        assertThat(lifted.inputs()).anyMatch(input -> input.getName().equals(Lifting.THETA));
    }

    /** 2 channels of 128 by 128 are 2^15 elements. */
    @ParameterizedTest
    @CsvSource({"4, 1", "128, 1", "129, 0"})
    void servesGroupNormsOfSmallMapsInTheFilesForm(long extent, long kept) {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 2, extent, extent);
        String grouped = graph.node("Reshape", List.of(x, graph.longs(0, 1, -1)));
        String normalized =
                graph.node("InstanceNormalization", List.of(grouped, graph.filled(1, 1), graph.filled(0, 1)));
        String restored = graph.node("Reshape", List.of(normalized, graph.node("Shape", List.of(x))));
        String scaled = graph.named("/norm/Mul", "Mul", List.of(restored, graph.filled(2, 2, 1, 1)));
        String y = graph.named("/norm/Add", "Add", List.of(scaled, graph.filled(3, 2, 1, 1)));
        graph.output(y);
        Graph read = graph.graph();
        InputSpec input = new InputSpec("x", ElementType.FLOAT32, List.of(InputSpec.ANY, 2L, extent, extent));
        Facts facts = new Probe(read, List.of(input)).facts(y);
        Lifting lifting = new Lifting(NormFinder.find(read, facts));

        assertThat(lifting.layout().layers()).extracting(NormLayer::kind).containsExactly(NormKind.GROUP);
        assertThat(instanceNorms(lifting.serving(read, facts, List.of(y)))).isEqualTo(kept);
        assertThat(instanceNorms(lifting.forward(read, facts, List.of(y)))).isZero();
    }

    private static long instanceNorms(ModelProto model) {
        return model.getGraph().getNodeList().stream()
                .filter(node -> node.getOpType().equals("InstanceNormalization"))
                .count();
    }
}
