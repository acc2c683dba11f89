package io.tta4j.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateTest {

    private static final Vector THETA = Vector.of(1, 2);

    @Test
    void mustHaveATheta() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new State(Map.of("momentum", THETA), Map.of(), Map.of()))
                .withMessage("a state must have a vector 'theta', but had [momentum]");
    }

    @Test
    void changesByCopying() {
        State state = State.of(THETA);
        State changed =
                state.with("momentum", Vector.of(3, 4)).with("loss", 0.5).withTheta(Vector.of(5, 6));

        assertThat(state).isEqualTo(State.of(THETA));
        assertThat(changed.theta()).isEqualTo(Vector.of(5, 6));
        assertThat(changed.vector("momentum", THETA)).isEqualTo(Vector.of(3, 4));
        assertThat(changed.scalar("loss")).hasValue(0.5);
    }

    @Test
    void isNotTheMapItCameFrom() {
        Map<String, Vector> vectors = new HashMap<>(Map.of("theta", THETA));
        State state = new State(vectors, Map.of(), Map.of());
        vectors.clear();

        assertThat(state.theta()).isEqualTo(THETA);
        assertThatThrownBy(() -> state.vectors().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> state.scalars().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void answersForWhatIsNotSet() {
        State state = State.of(THETA);

        assertThat(state.vector("momentum", Vector.zeros(2))).isEqualTo(Vector.zeros(2));
        assertThat(state.scalar("loss")).isEmpty();
    }

    @Test
    void isFiniteWhereAllOfItIs() {
        State state = State.of(THETA).with("loss", 0.5);

        assertThat(state.isFinite()).isTrue();
        assertThat(state.with("loss", Double.NaN).isFinite()).isFalse();
        assertThat(state.with("momentum", Vector.of(Float.POSITIVE_INFINITY)).isFinite())
                .isFalse();
    }

    @Test
    void holdsWordsOfItsOwn() {
        List<String> names = new ArrayList<>(List.of("fox"));
        State state = State.of(THETA).with("names", names);
        names.add("cow");

        assertThat(state.words("names")).containsExactly("fox");
        assertThat(state.words("others")).isEmpty();
        assertThat(state.with("loss", 1).withTheta(THETA).words("names")).containsExactly("fox");
        assertThatThrownBy(() -> state.words().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> state.words("names").clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void equalsACopyOfAllItsParts() {
        State state =
                State.of(THETA).with("momentum", Vector.of(3)).with("loss", 0.5).with("names", List.of("fox"));

        assertThat(new State(state.vectors(), state.scalars(), state.words()))
                .isEqualTo(state)
                .hasSameHashCodeAs(state);
        assertThat(state.with("names", List.of("cow"))).isNotEqualTo(state);
    }

    @Test
    void givesUpAllThatIsCalledSo() {
        State state = State.of(THETA).with("a", Vector.of(3)).with("a", 0.5).with("a", List.of("fox"));

        assertThat(state.without("a")).isEqualTo(State.of(THETA));
        assertThat(state.without("b")).isEqualTo(state);
        assertThatIllegalArgumentException().isThrownBy(() -> state.without("theta"));
    }
}
