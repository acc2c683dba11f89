package io.tta4j.guard;

import io.tta4j.method.State;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Lets adaptation start when the stream's entropies have risen above the source's, and stops it when they are back.
 * Each prediction's entropy becomes its rank u among those of the source's predictions of the same class, in 0..1,
 * whose mean is one half on data like the source's; it is the probability that the model is less sure of a sample of
 * the stream than of such one of the source. By class (Vovk's Mondrian form), a stream of one class after the other
 * drifts little. {@link MeanBet}s are laid on a mean above m, and once the gate is open for one below:
 *
 * <pre>{@code
 * m = 1/2 + tolerance + sqrt(ln 20 / (6 n))
 * }</pre>
 *
 * <p>The last term is what n source samples leave unknown: the mean rank of the source's own distribution among n of
 * its samples is one half plus the mean of n centred uniform variables, above that term in at most 5 % of samples drawn
 * (a uniform variable is strictly sub-Gaussian). Without it, a stream that is long enough would always be found to
 * differ from a finite sample; to allow for what a fixed set of source samples leaves unknown is the point of "Testing
 * for distribution shifts with conditional conformal test martingales" (Shaer, Bar, Prinster and Romano, arXiv
 * 2602.13848). So, with a confidence of 95 % over source samples: over samples like them, independent or at least not
 * for long less sure than these, the gate opens by mistake once in {@code runLength} samples on average or less often.
 *
 * <p>Entropies are those of the stream's own theta: the gate shuts where the adapted model is as sure as the source was
 * on its own data. That matching these distributions is what to adapt for is POEM's idea (Bar, Shaer and Romano,
 * "Protected test-time adaptation via online entropy matching: a betting approach", NeurIPS 2024). Streams that get
 * surer than the source open nothing: to minimise entropy is not what they need.
 *
 * <p>Without a {@linkplain SourceEntropies calibration}, the first samples of the stream are taken for the source's,
 * and nothing is adapted to until there are enough.
 *
 * @param calibration what the source's entropies are, if known
 * @param window how many of the stream's first samples tell otherwise
 * @param runLength c of the test that opens
 * @param tolerance how much the mean rank may rise with no one caring
 */
record DriftGate(Optional<SourceEntropies> calibration, int window, double runLength, double tolerance) {

    /** What events call it. */
    static final String NAME = "driftGate";

    /** What the names of what outlives a reset begin with. */
    static final String SOURCE = Memory.PREFIX + "source";

    /** The state's vector of the source's entropies: quantiles, or samples as long as these are not enough. */
    static final String SOURCE_ENTROPIES = SOURCE + "Entropies";

    /** The state's vector of their classes: the group of each class, or as long as there are samples, theirs. */
    static final String SOURCE_CLASSES = SOURCE + "Classes";

    /** The state's scalar that says how many samples the quantiles are of; there when these are. */
    static final String SOURCE_SAMPLES = SOURCE + "Samples";

    /** The state's scalar that is 1 where the gate is open. */
    static final String OPEN = Memory.PREFIX + "gateOpen";

    /** The state's vector of what the bets have won. */
    static final String WEALTH = Memory.PREFIX + "gateWealth";

    /** The test that shuts is the less careful one: a gate that is shut too early opens again. */
    private static final double RUN_LENGTH_OPEN = 1000;

    private static final double DOUBT = 1 / 20.0;

    private static final Vector NONE = Vector.zeros(0);

    Gate gate(Matrix logits, State state) {
        Optional<SourceEntropies> source = calibration.or(() -> remembered(state));
        return source.isPresent() ? test(source.get(), logits, state) : Gate.shut(NAME, collect(logits, state));
    }

    private static Optional<SourceEntropies> remembered(State state) {
        if (state.scalar(SOURCE_SAMPLES).isEmpty()) {
            return Optional.empty();
        }
        Vector groups = state.vector(SOURCE_CLASSES, NONE);
        Vector quantiles = state.vector(SOURCE_ENTROPIES, NONE);
        int rows = 0;
        for (int k = 0; k < groups.size(); k++) {
            rows = Math.max(rows, 1 + (int) groups.get(k));
        }
        int samples = (int) state.scalar(SOURCE_SAMPLES).getAsDouble();
        return Optional.of(new SourceEntropies(samples, groups, quantiles.asMatrix(rows, quantiles.size() / rows)));
    }

    private State collect(Matrix logits, State state) {
        Predictions predictions = Predictions.of(logits);
        float[] classes = joined(state.vector(SOURCE_CLASSES, NONE), predictions.classes());
        float[] entropies = joined(state.vector(SOURCE_ENTROPIES, NONE), predictions.entropies());
        if (entropies.length < window) {
            return state.with(SOURCE_CLASSES, Vector.of(classes)).with(SOURCE_ENTROPIES, Vector.of(entropies));
        }
        SourceEntropies source = SourceEntropies.of(logits.columns(), classes, entropies);
        return state.with(SOURCE_CLASSES, source.groups())
                .with(SOURCE_ENTROPIES, source.quantiles().asVector())
                .with(SOURCE_SAMPLES, source.samples());
    }

    private static float[] joined(Vector before, float... more) {
        return Vector.concatenate(List.of(before.toArray(), more)).toArray();
    }

    private Gate test(SourceEntropies source, Matrix logits, State state) {
        source.requireClasses(logits.columns());
        double bound = bound(source.samples());
        MeanBet rise = new MeanBet(bound);
        MeanBet fall = new MeanBet(1 - bound);
        boolean open = state.scalar(OPEN).orElse(0) == 1;
        double[] wealth = doubles(state.vector(WEALTH, MeanBet.nothing()));
        Predictions predictions = Predictions.of(logits);
        for (int row = 0; row < logits.rows(); row++) {
            double entropy = predictions.entropy(row);
            if (Double.isNaN(entropy)) {
                continue;
            }
            double rank = source.rank(entropy, logits.argmax(row));
            if (open) {
                fall.bet(wealth, 1 - rank);
            } else {
                rise.bet(wealth, rank);
            }
            if (MeanBet.wealth(wealth) >= (open ? RUN_LENGTH_OPEN : runLength)) {
                open = !open;
                Arrays.fill(wealth, 0);
            }
        }
        State tested = state.with(WEALTH, floats(wealth)).with(OPEN, open ? 1 : 0);
        return open ? Gate.open(tested) : Gate.shut(NAME, tested);
    }

    /** m: up to which mean rank a stream is like n samples of the source; below 1. */
    double bound(int samples) {
        return Math.min(0.5 + tolerance + Math.sqrt(-Math.log(DOUBT) / (6.0 * samples)), 0.95);
    }

    private static double[] doubles(Vector vector) {
        double[] values = new double[vector.size()];
        Arrays.setAll(values, vector::get);
        return values;
    }

    private static Vector floats(double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Vector.of(floats);
    }
}
