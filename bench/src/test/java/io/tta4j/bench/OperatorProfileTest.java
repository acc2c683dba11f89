package io.tta4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperatorProfileTest {

    private static OperatorProfile of(String events) throws IOException {
        return OperatorProfile.of(new ObjectMapper().readTree(events));
    }

    private static String run(int start, int microseconds) {
        return "{\"name\": \"model_run\", \"ts\": %d, \"dur\": %d}".formatted(start, microseconds);
    }

    private static String node(String name, String operator, int start, int microseconds) {
        return "{\"name\": \"%s_kernel_time\", \"ts\": %d, \"dur\": %d, \"args\": {\"op_name\": \"%s\"}}"
                .formatted(name, start, microseconds, operator);
    }

    @Test
    void theFirstRunIsLeftOutAndTheOthersAreSummedByOperator() throws IOException {
        OperatorProfile profile = of("["
                + String.join(
                        ",",
                        node("a", "Conv", 10, 900),
                        run(0, 1000),
                        node("a", "Conv", 1010, 40),
                        node("b", "Add", 1060, 100),
                        node("c", "Conv", 1170, 50),
                        run(1000, 250),
                        node("a", "Conv", 2010, 60),
                        run(2000, 150))
                + "]");

        assertThat(profile.runs()).isEqualTo(2);
        assertThat(profile.milliseconds()).isEqualTo(0.2);
        assertThat(profile.operators())
                .isEqualTo(List.of(
                        new OperatorProfile.Cost("Conv", 3, 0.04 + 0.05 + 0.06),
                        new OperatorProfile.Cost("Add", 1, 0.1)));
    }

    @Test
    void aSessionThatRanOnceSaysNothing() throws IOException {
        assertThat(of("[" + run(0, 1000) + "]").runs()).isZero();
    }
}
