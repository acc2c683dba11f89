package io.tta4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class NameANewClassTest {

    @Test
    void theNewcomerIsFlaggedThenNamedThenRecognised() throws IOException {
        List<NameANewClass.Outcome> outcomes = NameANewClass.run(384, new PrintStream(OutputStream.nullOutputStream()));

        assertThat(outcomes).allMatch(outcome -> outcome.known() > 90);
        NameANewClass.Outcome unnamed = outcomes.get(2);
        assertThat(unnamed.newcomer()).isZero();
        assertThat(unnamed.flaggedNewcomer()).isGreaterThan(50);
        assertThat(unnamed.flaggedKnown()).isLessThan(10);
        assertThat(outcomes.subList(3, outcomes.size()))
                .allMatch(outcome -> outcome.newcomer() > 40)
                .allMatch(outcome -> outcome.flaggedNewcomer() < unnamed.flaggedNewcomer() / 2);
    }
}
