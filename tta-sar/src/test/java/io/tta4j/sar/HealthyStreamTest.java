package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.guard.Guards;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Guards that are on by default change no bit of what a method makes of a stream on which nothing goes wrong. */
class HealthyStreamTest {

    private static final int BATCHES = 16;

    static Stream<Method> methods() {
        return Stream.of(Sar.ofDefaults(), Tent.ofDefaults());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void defaultGuardsChangeNoBit(Method method) {
        ReferenceImages images = ReferenceImages.read();
        try (AdaptableModel model = ReferenceImages.network("resnet20-gn.onnx")) {
            AdaptiveModel guarded = AdaptiveModel.builder(model, method)
                    .guards(Guards.ofDefaults())
                    .build();
            State alone = method.initial(model);
            for (int k = 0; k < BATCHES; k++) {
                guarded.predict(images.batch(model, k));
                try (Pass pass = model.forward(images.batch(model, k), alone.theta())) {
                    alone = method.adapt(model, pass, alone).state();
                }
                assertThat(withoutGuards(guarded.state())).as("batch %d", k).isEqualTo(alone);
            }
            assertThat(guarded.counters().steps()).isEqualTo(BATCHES);
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
