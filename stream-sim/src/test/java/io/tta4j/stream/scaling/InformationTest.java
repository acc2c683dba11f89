package io.tta4j.stream.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Matrix;
import org.junit.jupiter.api.Test;

final class InformationTest {

    private static final float SURE = 1000;

    @Test
    void sureAndDifferentAnswersTellAll() {
        assertThat(nats(Matrix.of(4, 2, new float[] {SURE, 0, 0, SURE, SURE, 0, 0, SURE})))
                .isCloseTo(Math.log(2), within(1e-12));
    }

    @Test
    void sureAnswersThatAreAllTheSameTellNothing() {
        assertThat(nats(Matrix.of(2, 3, new float[] {SURE, 0, 0, SURE, 0, 0}))).isZero();
    }

    @Test
    void unsureAnswersTellNothing() {
        assertThat(nats(Matrix.of(2, 3, new float[] {1, 1, 1, -5, -5, -5}))).isCloseTo(0, within(1e-12));
    }

    @Test
    void thoseBetweenTellTheJensenShannonDivergence() {
        // Of (3/4, 1/4) and (1/4, 3/4): ln 2 less the entropy of (3/4, 1/4).
        float odds = (float) Math.log(3);
        double entropy = -0.75 * Math.log(0.75) - 0.25 * Math.log(0.25);

        assertThat(nats(Matrix.of(2, 2, new float[] {odds, 0, 0, odds})))
                .isCloseTo(Math.log(2) - entropy, within(1e-7));
    }

    @Test
    void answersThatAreNotFiniteTellNothing() {
        assertThat(nats(Matrix.of(2, 2, new float[] {Float.NaN, 0, 0, 1}))).isZero();
        assertThat(new Information(3).nats()).isZero();
    }

    private static double nats(Matrix logits) {
        Information information = new Information(logits.columns());
        information.add(logits);
        return information.nats();
    }
}
