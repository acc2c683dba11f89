package io.tta4j.guard;

import io.tta4j.method.State;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.Arrays;

/**
 * Goes back to the source where the model answers the same few classes whatever it sees. Watched is the diversity of
 * its answers: H(q), the entropy of the moving average q of which classes it predicts, over some 600 samples. That also
 * falls where the stream itself has few classes for a while, so the source has the last word. In two stages, with
 * {@code largest = ln min(C, 600)}:
 *
 * <ol>
 *   <li>While {@code H(q) >= share * largest}, nothing is suspected and nothing but q is computed.
 *   <li>Else a trial begins: over {@value #TRIAL} samples the source answers too, a forward pass more for each batch.
 *       With m and r the shares of classes that the model and the source have answered, the model has collapsed if
 *       {@code H(r) >= 0.8 largest} and {@code H(m) < share * H(r)}: the stream has many classes, and the model does
 *       not see them. Otherwise few classes are what there is, and {@value #TRUST} samples go by before the next trial.
 * </ol>
 *
 * <p>A stream of few classes is none that the guard could judge: there, a model that answers less diversely than the
 * source may simply err less. Neither are streams with very uneven classes. A batch counts by its rows. Held batches
 * are watched too: theta can have collapsed before.
 *
 * @param share in (0, 1]
 */
record CollapseGuard(double share) implements StepGuard {

    /** The state's vector that holds q: C values. */
    static final String PREDICTED = Memory.PREFIX + "predicted";

    /** The state's vector of how often the model has answered each class in a trial. */
    static final String IN_TRIAL = Memory.PREFIX + "predictedInTrial";

    /** The state's vector of how often the source has. */
    static final String BY_SOURCE = Memory.PREFIX + "predictedBySource";

    /** The state's scalar that says how many samples go by before the next trial. */
    static final String TRUSTED = Memory.PREFIX + "trustedSamples";

    private static final int TRIAL = 640;
    private static final int TRUST = 2560;

    /** How much of q is kept over so many samples: EATA's 0.9 for a batch of 64. */
    private static final double DECAY = 0.9;

    private static final double DECAY_SAMPLES = 64;

    /** As many samples count in q, 1 / (1 - DECAY) batches, so that it shows no more classes. */
    private static final int WINDOW = 600;

    /** From which share of the largest diversity on the source's answers are those of a stream of many classes. */
    private static final double DIVERSE = 0.8;

    @Override
    public String name() {
        return "collapse";
    }

    @Override
    public Ruling judge(Step step) {
        State made = step.made();
        if (step.report().reset()) {
            return Ruling.published(made);
        }
        float[] answered = Predictions.of(step.pass().logits()).classCounts();
        int classes = answered.length;
        double largest = Math.log(Math.min(classes, WINDOW));
        Vector predicted = moved(made.vector(PREDICTED, uniform(classes)), answered);
        State watched = made.with(PREDICTED, predicted);
        double trusted = made.scalar(TRUSTED).orElse(0) - step.pass().rows();
        if (trusted > 0) {
            return Ruling.published(watched.with(TRUSTED, trusted));
        }
        if (entropy(predicted) >= share * largest) {
            return Ruling.published(watched.without(TRUSTED).without(IN_TRIAL).without(BY_SOURCE));
        }
        Vector own = made.vector(IN_TRIAL, Vector.zeros(classes)).plus(Vector.of(answered));
        Vector source = made.vector(BY_SOURCE, Vector.zeros(classes)).plus(bySource(step, answered));
        if (sum(own) < TRIAL) {
            return Ruling.published(watched.without(TRUSTED).with(IN_TRIAL, own).with(BY_SOURCE, source));
        }
        double diversity = entropy(own);
        double expected = share * entropy(source);
        return entropy(source) >= DIVERSE * largest && diversity < expected
                ? reset(
                        step.before(),
                        "the entropy of the classes that are predicted must be at least %.3g nats, %s times that of the source's predictions, but was %.3g"
                                .formatted(expected, share, diversity))
                : Ruling.published(
                        watched.with(TRUSTED, TRUST).without(IN_TRIAL).without(BY_SOURCE));
    }

    private static Vector bySource(Step step, float... answered) {
        Vector source = step.model().source();
        if (step.before().theta().equals(source)) {
            return Vector.of(answered);
        }
        try (Pass pass = step.model().serve(step.pass().batch(), source)) {
            return Vector.of(Predictions.of(pass.logits()).classCounts());
        }
    }

    private static Vector moved(Vector average, float... counts) {
        double rows = sum(Vector.of(counts));
        double kept = Math.pow(DECAY, rows / DECAY_SAMPLES);
        float[] moved = new float[counts.length];
        for (int k = 0; k < moved.length; k++) {
            moved[k] = (float) (kept * average.get(k) + (rows == 0 ? 0 : (1 - kept) * counts[k] / rows));
        }
        return Vector.of(moved);
    }

    private static Vector uniform(int classes) {
        float[] uniform = new float[classes];
        Arrays.fill(uniform, 1f / classes);
        return Vector.of(uniform);
    }

    private static double sum(Vector counts) {
        double sum = 0;
        for (int k = 0; k < counts.size(); k++) {
            sum += counts.get(k);
        }
        return sum;
    }

    /** The entropy in nats of shares that need not add up to 1. */
    private static double entropy(Vector shares) {
        double sum = sum(shares);
        double entropy = 0;
        for (int k = 0; k < shares.size(); k++) {
            double p = shares.get(k) / sum;
            entropy -= p > 0 ? p * Math.log(p) : 0;
        }
        return entropy;
    }
}
