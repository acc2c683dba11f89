package io.tta4j.onnx.rewrite;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.TestGraph;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Functions of a model, which ONNX Runtime knows how to call, against their bodies. */
class FunctionsTest {

    private static final String DOMAIN = "pkg.test";

    /** softmax(-x) over an axis of the call's: a function that calls another. */
    private static FunctionProto outer() {
        return function("Outer")
                .addInput("x")
                .addOutput("y")
                .addAttribute("axis")
                .addNode(node("Negate", DOMAIN, List.of("x"), "negated"))
                .addNode(node("Softmax", "", List.of("negated"), "y").addAttribute(reference("axis", "axis")))
                .build();
    }

    /** Negates and scales by an attribute that has a default. */
    private static FunctionProto inner() {
        return function("Negate")
                .addInput("a")
                .addOutput("b")
                .addAttributeProto(attribute("alpha", 1.5f))
                .addNode(node("Neg", "", List.of("a"), "temporary").setName("inner"))
                .addNode(node("LeakyRelu", "", List.of("temporary"), "b").addAttribute(reference("alpha", "alpha")))
                .build();
    }

    private static FunctionProto.Builder function(String name) {
        return FunctionProto.newBuilder()
                .setName(name)
                .setDomain(DOMAIN)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(DOMAIN).setVersion(1));
    }

    private static NodeProto.Builder node(String operator, String domain, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setDomain(domain)
                .addAllInput(inputs)
                .addOutput(output);
    }

    private static AttributeProto reference(String attribute, String parameter) {
        AttributeProto.AttributeType type =
                attribute.equals("axis") ? AttributeProto.AttributeType.INT : AttributeProto.AttributeType.FLOAT;
        return AttributeProto.newBuilder()
                .setName(attribute)
                .setRefAttrName(parameter)
                .setType(type)
                .build();
    }

    private static ModelProto calledTwice() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 3, 4);
        NodeProto.Builder first = call("/block/act/Outer")
                .addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey("scope").setValue("block"));
        String once = graph.node(first, "Outer", List.of(x), attribute("axis", 1));
        graph.output(graph.node(call("/other/act/Outer"), "Outer", List.of(once), attribute("axis", 2)));
        return graph.model().toBuilder()
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(DOMAIN).setVersion(1))
                .addFunctions(outer())
                .addFunctions(inner())
                .build();
    }

    private static NodeProto.Builder call(String name) {
        return NodeProto.newBuilder().setDomain(DOMAIN).setName(name);
    }

    @Test
    void putsTheBodiesOfNestedFunctionsInPlace() {
        Rewritten rewritten = Rewritten.of(calledTwice());

        rewritten.agrees();
        assertThat(rewritten.operators()).containsExactly("Neg", "LeakyRelu", "Softmax", "Neg", "LeakyRelu", "Softmax");
        assertThat(rewritten.canonical().graph().model().getFunctionsCount()).isZero();
    }

    @Test
    void keepsTheScopeOfTheCall() {
        List<Node> nodes = Rewritten.of(calledTwice()).canonical().graph().nodes();

        assertThat(nodes.subList(0, 3)).allSatisfy(node -> {
            assertThat(node.name()).startsWith("/block/act/Outer/");
            assertThat(node.metadata("scope")).hasValue("block");
        });
        assertThat(nodes.subList(3, 6))
                .allSatisfy(node -> assertThat(node.name()).startsWith("/other/act/Outer/"));
        assertThat(new HashSet<>(nodes.stream().map(Node::output).toList())).hasSize(6);
    }
}
