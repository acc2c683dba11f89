package io.tta4j.stream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Matrix;
import org.junit.jupiter.api.Test;

final class CalibrationTest {

    private static final double ROUNDING = 1e-6;

    /** Softmax 3/4 and 1/4. */
    private static final Matrix SURE_OF_FIRST = Matrix.of(1, 2, new float[] {(float) Math.log(3), 0});

    private static Calibration of(Matrix logits, int... labels) {
        CalibrationTally tally = new CalibrationTally();
        for (int label : labels) {
            tally.add(logits, 0, label);
        }
        return tally.calibration().orElseThrow();
    }

    @Test
    void isMeasuredOnTheSoftmaxOfTheLogits() {
        Calibration right = of(SURE_OF_FIRST, 0);

        assertThat(right.ece()).isCloseTo(25, within(100 * ROUNDING));
        assertThat(right.brier()).isCloseTo(2.0 / 16, within(ROUNDING));
        assertThat(right.nll()).isCloseTo(Math.log(4.0 / 3), within(ROUNDING));

        Calibration wrong = of(SURE_OF_FIRST, 1);

        assertThat(wrong.ece()).isCloseTo(75, within(100 * ROUNDING));
        assertThat(wrong.brier()).isCloseTo(2 * 9.0 / 16, within(ROUNDING));
        assertThat(wrong.nll()).isCloseTo(Math.log(4), within(ROUNDING));
    }

    @Test
    void threeOfFourRightAtThreeQuartersIsPerfect() {
        assertThat(of(SURE_OF_FIRST, 0, 1, 0, 0).ece()).isCloseTo(0, within(100 * ROUNDING));
    }

    @Test
    void binsHoldTheirUpperEnd() {
        // 1/3 is the upper end of bin 4 of 15, 3/4 lies in bin 11, certainty in the last.
        CalibrationTally tally = new CalibrationTally();
        tally.add(Matrix.of(1, 3, new float[] {2, 2, 2}), 0, 2);
        tally.add(SURE_OF_FIRST, 0, 0);
        tally.add(Matrix.of(1, 2, new float[] {0, 200}), 0, 0);
        Calibration calibration = tally.calibration().orElseThrow();

        assertThat(calibration.bins()).hasSize(15);
        assertThat(calibration.bins().get(4)).isEqualTo(new Calibration.Bin(new Accuracy(1, 0), 1.0 / 3));
        assertThat(calibration.bins().get(11).accuracy()).isEqualTo(new Accuracy(1, 1));
        assertThat(calibration.bins().get(14)).isEqualTo(new Calibration.Bin(new Accuracy(1, 0), 1));
        assertThat(calibration.bins().get(0)).isEqualTo(new Calibration.Bin(Accuracy.NONE, 0));
        // One third too sure, a quarter too unsure, wrong and certain.
        assertThat(calibration.ece()).isCloseTo(100 * (1.0 / 3 + 0.25 + 1) / 3, within(100 * ROUNDING));
        // Certain and wrong costs as many nats as the logits are apart, and not infinitely many.
        assertThat(calibration.nll()).isCloseTo((Math.log(3) + Math.log(4.0 / 3) + 200) / 3, within(ROUNDING));
    }

    @Test
    void ofNothingIsEmpty() {
        assertThat(new CalibrationTally().calibration()).isEmpty();
    }

    @Test
    void logitsThatAreNoNumbersDoNotEndAReplay() {
        Calibration calibration = of(Matrix.of(1, 2, new float[] {Float.NaN, Float.NaN}), 0);

        assertThat(calibration.nll()).isNaN();
        assertThat(calibration.bins().get(0).accuracy().samples()).isEqualTo(1);
    }
}
