package io.tta4j.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.method.State;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gate over two classes: the further apart two logits, the surer. */
class DriftGateTest {

    private static final int ROWS = 64;

    /**
     * Logits whose distance is exponential: {@code scale} is 1 on the source, and lower where the model is less sure.
     */
    private static Matrix logits(int rows, double scale, Random random) {
        float[] values = new float[2 * rows];
        for (int row = 0; row < rows; row++) {
            values[2 * row] = (float) (-scale * Math.log(1 - random.nextDouble()));
        }
        return Matrix.of(rows, 2, values);
    }

    private static DriftGate calibrated(int samples, long seed) {
        SourceEntropies source = SourceEntropies.of(logits(samples, 1, new Random(seed)));
        return new DriftGate(Optional.of(source), 2, 100_000, 0);
    }

    private static State start() {
        return State.of(Vector.of(1));
    }

    /**
     * 500 streams of 20,000 samples, each with a calibration set of its own. Stated are 5 % of these that mislead, and
     * a chance of 20,000 / 100,000 on the others; in fact, most means are well below m.
     */
    @ParameterizedTest
    @ValueSource(ints = {200, 2000})
    void staysShutOnWhatIsLikeTheSource(int calibration) {
        int seeds = 500;
        int alarms = 0;
        for (int seed = 0; seed < seeds; seed++) {
            DriftGate gate = calibrated(calibration, seed);
            Random random = new Random(1000 + seed);
            State state = start();
            boolean opened = false;
            for (int t = 0; t < 20 && !opened; t++) {
                Gate now = gate.gate(logits(1000, 1, random), state);
                state = now.state();
                opened = now.open();
            }
            alarms += opened ? 1 : 0;
        }
        assertThat((double) alarms / seeds).isLessThanOrEqualTo(0.05);
    }

    /** P(u' < u) of exponential distances with scales s and 1 is 1 / (1 + s). */
    @ParameterizedTest
    @CsvSource({"0.65, 10", "0.5, 4", "0.25, 2"})
    void findsADrift(double scale, int batches) {
        for (int seed = 0; seed < 100; seed++) {
            DriftGate gate = calibrated(2000, seed);
            Random random = new Random(seed + 5000L);
            State state = start();
            for (int t = 0; t < 100; t++) {
                state = gate.gate(logits(ROWS, 1, random), state).state();
            }
            int delay = 1;
            Gate now = gate.gate(logits(ROWS, scale, random), state);
            while (!now.open()) {
                now = gate.gate(logits(ROWS, scale, random), now.state());
                delay++;
            }
            assertThat(delay).as("seed %d", seed).isLessThanOrEqualTo(batches);
        }
    }

    @Test
    void shutsWhereTheStreamIsBack() {
        DriftGate gate = calibrated(2000, 1);
        Random random = new Random(2);
        Gate now = new Gate(true, "", start());
        for (int t = 0; t < 10; t++) {
            now = gate.gate(logits(ROWS, 0.3, random), now.state());
        }
        assertThat(now.open()).isTrue();
        int delay = 0;
        while (now.open()) {
            now = gate.gate(logits(ROWS, 1, random), now.state());
            delay++;
        }
        assertThat(delay).isLessThanOrEqualTo(60);
        assertThat(now.guard()).isEqualTo("driftGate");
    }

    /** Surer than the source: a constant image, or a model that collapses. */
    @Test
    void staysShutOnWhatIsSurerThanTheSource() {
        DriftGate gate = calibrated(2000, 1);
        Random random = new Random(2);
        Gate now = new Gate(false, "", start());
        for (int t = 0; t < 200; t++) {
            now = gate.gate(logits(ROWS, 10, random), now.state());
            assertThat(now.open()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 640})
    void decidesAlikeInWhateverBatches(int rows) {
        DriftGate gate = calibrated(2000, 1);
        Random random = new Random(3);
        Matrix all = logits(640, 0.5, random);
        State state = start();
        for (int from = 0; from < 640; from += rows) {
            int[] selected = IntStream.range(from, Math.min(from + rows, 640)).toArray();
            state = gate.gate(all.select(selected), state).state();
        }
        State whole = gate.gate(all, start()).state();
        assertThat(state.scalar(DriftGate.OPEN)).isEqualTo(whole.scalar(DriftGate.OPEN));
    }

    @Test
    void takesTheFirstWindowForTheSource() {
        DriftGate gate = new DriftGate(Optional.empty(), 1000, 100_000, 0.01);
        Random random = new Random(4);
        State state = start();
        for (int t = 0; t < 100; t++) {
            Gate now = gate.gate(logits(ROWS, 1, random), state);
            assertThat(now.open()).isFalse();
            state = now.state();
        }
        // The first 16 batches of 64.
        assertThat(state.scalar(DriftGate.SOURCE_SAMPLES)).hasValue(1024);
        State reset = Guards.ofDefaults().afterReset(state, start());
        assertThat(reset.vectors().get(DriftGate.SOURCE_ENTROPIES))
                .isEqualTo(state.vectors().get(DriftGate.SOURCE_ENTROPIES));
        int delay = 0;
        Gate now;
        do {
            now = gate.gate(logits(ROWS, 0.4, random), state);
            state = now.state();
            delay++;
        } while (!now.open());
        assertThat(delay).isLessThanOrEqualTo(5);
    }

    /** One class after the other, of which the model is not equally sure. */
    @Test
    void staysShutOnAStreamSortedByClasses() {
        Random random = new Random(6);
        Matrix sure = logits(2000, 2, random);
        Matrix unsure = swapped(logits(2000, 0.7, random));
        SourceEntropies source = SourceEntropies.of(Matrix.concatenate(List.of(sure, unsure)));
        DriftGate gate = new DriftGate(Optional.of(source), 2, 100_000, 0.01);
        State state = start();
        for (int t = 0; t < 400; t++) {
            boolean first = t / 20 % 2 == 0;
            Matrix batch = first ? logits(ROWS, 2, random) : swapped(logits(ROWS, 0.7, random));
            Gate now = gate.gate(batch, state);
            assertThat(now.open()).as("batch %d", t).isFalse();
            state = now.state();
        }
    }

    /** The other class's. */
    private static Matrix swapped(Matrix logits) {
        float[] values = logits.toArray();
        for (int i = 0; i < values.length; i += 2) {
            values[i + 1] = values[i];
            values[i] = 0;
        }
        return Matrix.of(logits.rows(), 2, values);
    }

    @Test
    void learnsNothingFromWhatIsNotFinite() {
        DriftGate gate = calibrated(2000, 1);
        float[] values = new float[2 * ROWS];
        Arrays.fill(values, Float.NaN);
        Gate now = gate.gate(Matrix.of(ROWS, 2, values), start());

        assertThat(now.open()).isFalse();
        assertThat(now.state().vectors().get(DriftGate.WEALTH)).isEqualTo(MeanBet.nothing());
    }

    @Test
    void refusesACalibrationOfAnotherModel() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> calibrated(100, 1).gate(Matrix.of(1, 3, new float[3]), start()))
                .withMessageContaining("3 classes")
                .withMessageContaining("of 2");
    }
}
