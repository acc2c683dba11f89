package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.guard.Guards;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Guards that are on by default change no bit of what a method makes of a stream on which nothing goes wrong. */
class HealthyStreamTest {

    /** Batch norm's statistics move with the stream under SAR, and are those of the batch under Tent. */
    static Stream<Arguments> streams() {
        return Stream.of(
                Arguments.of("resnet20-gn.onnx", Sar.ofDefaults(), 64, 16),
                Arguments.of("resnet20-gn.onnx", Tent.ofDefaults(), 64, 16),
                Arguments.of("resnet20-gn.onnx", Sar.ofDefaults(), 1, 160),
                Arguments.of("resnet20-gn.onnx", Tent.ofDefaults(), 1, 160),
                Arguments.of("resnet20-bn.onnx", Sar.ofDefaults(), 64, 16),
                Arguments.of("resnet20-bn.onnx", Sar.ofDefaults(), 1, 160),
                Arguments.of(
                        "resnet20-bn.onnx",
                        Tent.of(TentConfig.custom().statistics("batch").build()),
                        64,
                        16),
                Arguments.of("vit-ln.onnx", Sar.ofDefaults(), 16, 14));
    }

    @ParameterizedTest(name = "{0}, {2} rows")
    @MethodSource("streams")
    void defaultGuardsChangeNoBit(String network, Method method, int rows, int batches) {
        ReferenceImages images = ReferenceImages.read();
        try (AdaptableModel model = ReferenceImages.network(network)) {
            AdaptiveModel alone = AdaptiveModel.of(model, method);
            AdaptiveModel guarded = AdaptiveModel.builder(model, method)
                    .guards(Guards.ofDefaults())
                    .build();
            for (int k = 0; k < batches; k++) {
                Batch batch = images.select(
                        model, IntStream.range(k * rows, (k + 1) * rows).toArray());
                assertThat(guarded.predict(batch).logits())
                        .isEqualTo(alone.predict(batch).logits());
                assertThat(withoutGuards(guarded.state())).as("batch %d", k).isEqualTo(alone.state());
            }
            assertThat(alone.state().theta()).isNotEqualTo(model.source());
            assertThat(guarded.counters()).isEqualTo(alone.counters());
        }
    }

    private static State withoutGuards(State state) {
        State own = state;
        for (Map<String, ?> entries : List.of(state.vectors(), state.scalars(), state.words())) {
            for (String name : entries.keySet()) {
                own = name.startsWith("guard.") ? own.without(name) : own;
            }
        }
        return own;
    }
}
