package io.tta4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.tta4j.onnx.ExecutionProvider.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutionProviderTest {

    @ParameterizedTest
    @CsvSource({"cpu, CPU, 0", "cuda, CUDA, 0", "cuda:1, CUDA, 1", "tensorrt:12, TENSORRT, 12", "coreml, COREML, 0"})
    void readsText(String text, Kind kind, int device) {
        assertThat(ExecutionProvider.parse(text)).isEqualTo(new ExecutionProvider(kind, device));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CUDA", "cuda:", "cuda:x", "cuda:-1", "cuda:99999", "cpu:1", "coreml:2"})
    void refusesOtherText(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ExecutionProvider.parse(text))
                .withMessageContaining("must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda:0", "tensorrt:3", "directml:1", "coreml"})
    void writesWhatItReads(String text) {
        assertThat(ExecutionProvider.parse(text)).hasToString(text);
    }

    @Test
    void saysWhatToPutOnTheClassPath() {
        assumeThat(OrtEnvironment.getAvailableProviders()).doesNotContain(OrtProvider.CUDA);
        OnnxOptions options =
                OnnxOptions.custom().provider(ExecutionProvider.cuda(0)).build();

        assertThatIllegalStateException()
                .isThrownBy(() ->
                        OnnxModel.load(SmallModels.classifier(logits -> logits).toByteArray(), "small.onnx", options))
                .withMessageContaining("must have the execution provider CUDA, but has [CPU")
                .withMessageContaining("onnxruntime_gpu");
    }

    @Test
    void recomputesOffTheProcessor() {
        assertThat(OnnxOptions.ofDefaults().recomputes()).isFalse();
        assertThat(OnnxOptions.custom()
                        .provider(ExecutionProvider.cuda(0))
                        .build()
                        .recomputes())
                .isTrue();
    }
}
