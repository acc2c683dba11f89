package io.tta4j.onnx.norm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.TestGraph;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModulePathTest {

    private static Node node(String name, String nameScopes) {
        NodeProto.Builder start = NodeProto.newBuilder().setName(name);
        if (!nameScopes.isEmpty()) {
            start.addMetadataProps(StringStringEntryProto.newBuilder()
                    .setKey("pkg.torch.onnx.name_scopes")
                    .setValue(nameScopes));
        }
        TestGraph graph = new TestGraph(17);
        graph.node(start, "Mul", List.of(graph.input("x", 2), graph.weights(2)));
        return graph.graph().nodes().get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "/norm/LayerNormalization, norm",
        "/layer1/layer1.0/norm1/Mul, layer1.0.norm1",
        "/layer2/layer2.0/down/down.1/Mul, layer2.0.down.1",
        "/blocks.3/norm2/LayerNormalization, blocks.3.norm2",
        "/encoder/layers/layers.encoder_layer_0/ln_1/Mul, encoder.layers.encoder_layer_0.ln_1",
        "/features/features.1/features.1.0/block/block.2/Mul, features.1.0.block.2",
        "/a/a/Mul, a.a"
    })
    void readsTheTorchScriptExportersNodeNames(String nodeName, String path) {
        assertThat(ModulePath.of(node(nodeName, ""), "onnx::Mul_17")).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "['', 'layer1', 'layer1.0', 'layer1.0.norm1', 'group_norm_1']; layer1.0.norm1",
                "['', 'norm', 'layer_norm']; norm",
                "['', 'layer2', 'layer2.0', 'layer2.0.down', 'layer2.0.down.1', 'group_norm']; layer2.0.down.1"
            })
    void readsTheDynamoExportersScopes(String scopes, String path) {
        assertThat(ModulePath.of(node("node_group_norm", scopes), "shared.weight"))
                .isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({
        "node_layer_norm, encoder.norm.weight, encoder.norm",
        "node_layer_norm, norm.gamma, norm",
        "Mul_17, bn1.scale, bn1",
        "/Mul, stage.0.norm.weight, stage.0.norm",
        "node_layer_norm, onnx::Mul_17, node_layer_norm",
        "node_layer_norm, weight, node_layer_norm"
    })
    void fallsBackToTheParameterAndThenToTheNode(String nodeName, String parameter, String path) {
        assertThat(ModulePath.of(node(nodeName, ""), parameter)).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({
        "/norm/LayerNormalization, head.norm.weight, head.norm",
        "/blocks.0/norm1/Mul, stages.2.blocks.0.norm1.weight, stages.2.blocks.0.norm1",
        "/norm/LayerNormalization, prenorm.weight, norm",
        "/norm/LayerNormalization, blocks.0.norm1.weight, norm",
        "/norm/LayerNormalization, onnx::Mul_17, norm"
    })
    void completesThePathByTheParameterThatBelongsToTheNodeAlone(String nodeName, String parameter, String path) {
        assertThat(ModulePath.ofOwner(node(nodeName, ""), parameter)).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', value = "['', 'layer_norm']")
    void takesNoPathFromTheScopesOfTheWholeModel(String scopes) {
        assertThat(ModulePath.of(node("/norm/Mul", scopes), "w")).isEqualTo("norm");
    }
}
