package io.tta4j.djl;

import static io.tta4j.djl.Modules.small;
import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.djl.TorchScript.ModuleClass;
import io.tta4j.model.ElementType;
import io.tta4j.model.NormKind;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchScriptTest {

    @Test
    void readsWhatATracedModuleWasTracedWith() {
        TorchScript script = TorchScript.read(small("small.pt"));

        assertThat(script.arguments()).containsExactly("x: Tensor");
        assertThat(script.takesTheta()).isFalse();
        assertThat(script.example())
                .containsExactly(new TracedInputs.Example(ElementType.FLOAT32, List.of(4L, 2L, 6L, 6L)));
        assertThat(script.module("first")).map(ModuleClass::name).contains("GroupNorm");
        assertThat(script.module("first.absent")).isEmpty();
    }

    @Test
    void readsThatAModuleTakesTheta() {
        TorchScript script = TorchScript.read(small("theta.pt"));

        assertThat(script.arguments()).containsExactly("x: Tensor", "theta: Tensor");
        assertThat(script.takesTheta()).isTrue();
        assertThat(script.inputs("theta.pt", DjlOptions.ofDefaults()))
                .singleElement()
                .hasToString("FLOAT32[N, 2, 6, 6]");
    }

    @Test
    void knowsNoExampleOfAScriptedModule() {
        assertThat(TorchScript.read(small("scripted.pt")).example()).isEmpty();
    }

    @Test
    void readsArgumentsOfManyTypes() {
        ModuleClass module = ModuleClass.in("""
                        class Encoder(Module):
                          __parameters__ = []
                          def forward(self: __torch__.Encoder,
                            ids: Tensor,
                            sizes: Tuple[int, int],
                            mask: Optional[Tensor]=None) -> Tuple[Tensor, Tensor]:
                            return (ids, ids)
                        """).get(0);

        assertThat(module.arguments()).containsExactly("ids: Tensor", "sizes: Tuple[int, int]");
    }

    @ParameterizedTest
    @CsvSource({
        "BatchNorm2d, BATCH",
        "FrozenBatchNorm2d, BATCH",
        "BatchNormAct2d, BATCH",
        "GroupNorm, GROUP",
        "GroupNorm1, GROUP",
        "InstanceNorm2d, INSTANCE",
        "LayerNorm, LAYER",
        "LayerNorm2d, LAYER",
        "RMSNorm, RMS",
        "LlamaRMSNorm, RMS",
        "Scale, LAYER"
    })
    void knowsNormsByTheirClass(String name, NormKind kind) {
        TorchScript script = script(name, "[]");

        assertThat(NormParameters.find(shapes("norm.weight", 4, "norm.bias", 4), script)
                        .layout()
                        .layers())
                .singleElement()
                .satisfies(layer -> {
                    assertThat(layer.kind()).isEqualTo(kind);
                    assertThat(layer.biasOffset()).hasValue(4);
                });
    }

    @Test
    void knowsBatchNormByItsBuffers() {
        TorchScript script = script("Normalisation", "[\"running_mean\", \"running_var\", ]");

        assertThat(NormParameters.find(shapes("norm.weight", 4), script).layers())
                .extracting(NormParameters.Affine::kind, NormParameters.Affine::hasBias)
                .containsExactly(Tuple.tuple(NormKind.BATCH, false));
    }

    @Test
    void takesNoPReluForANorm() {
        assertThat(NormParameters.find(shapes("norm.weight", 4), script("PReLU", "[]"))
                        .layers())
                .isEmpty();
    }

    @Test
    void leavesOutWhatIsNoScaleOfChannels() {
        Map<String, long[]> shapes = shapes("norm.weight", 4, "norm.bias", 4);
        shapes.put("head.weight", new long[] {3, 4});
        shapes.put("head.bias", new long[] {3});

        assertThat(NormParameters.find(shapes, script("LayerNorm", "[]")).names())
                .containsExactly("norm.weight", "norm.bias");
    }

    private static TorchScript script(String norm, String buffers) {
        String code = """
                class Net(Module):
                  __parameters__ = []
                  norm : __torch__.%1$s
                class %1$s(Module):
                  __parameters__ = ["weight", "bias", ]
                  __buffers__ = %2$s
                """.formatted(norm, buffers);
        Map<String, ModuleClass> classes = ModuleClass.in(code).stream()
                .collect(Collectors.toMap(found -> "__torch__." + found.name(), found -> found));
        return new TorchScript(classes, "__torch__.Net", List.of());
    }

    private static Map<String, long[]> shapes(Object... namesAndWidths) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (int i = 0; i < namesAndWidths.length; i += 2) {
            shapes.put((String) namesAndWidths[i], new long[] {(Integer) namesAndWidths[i + 1]});
        }
        return shapes;
    }

    /** Files of another make say nothing, which is asked for then. */
    @Test
    void readsNothingFromAnotherPickle() {
        Stream.of(
                        "",
                        "\u0080\u0002",
                        "\u0080\u0002}q\u0000.",
                        "\u0080\u0002ctorch\nThing\n)R.",
                        "no pickle",
                        "h\u0005.")
                .forEach(pickle -> assertThat(TracedInputs.read(pickle.getBytes(StandardCharsets.ISO_8859_1)))
                        .isEmpty());
    }
}
