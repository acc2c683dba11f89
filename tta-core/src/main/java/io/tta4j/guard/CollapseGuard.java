package io.tta4j.guard;

import io.tta4j.method.State;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.Arrays;

/**
 * Goes back to the source where the model answers the same few classes whatever it sees. Watched is the diversity of
 * what is predicted: H(q), the entropy of the moving average q of predicted probabilities, over some 600 samples. It
 * also falls where the stream itself has few classes for a while, so the source has the last word. In two stages:
 *
 * <ol>
 *   <li>While {@code H(q) >= share * ln C}, nothing is suspected and nothing but q is computed.
 *   <li>Else the source answers the same batches, a forward pass more for each, and a second average r, which starts as
 *       q, follows its answers. Where {@code H(q) < share * H(r)} the model has collapsed. Where it has not over
 *       {@value #TRIAL} samples, few classes are what there is, and {@value #TRUST} samples go by before it is
 *       suspected again.
 * </ol>
 *
 * <p>So a stream of a single class never trips it as long as source and model agree that it is one, at the price of a
 * forward pass for one sample in five. A batch counts by its rows. Held batches are watched too: theta can have
 * collapsed before.
 *
 * @param share in 0..1
 */
record CollapseGuard(double share) implements StepGuard {

    /** The state's vector that holds q: C values. */
    static final String PREDICTED = Memory.PREFIX + "predicted";

    /** The state's vector that holds r: C values; there while the model is suspected. */
    static final String BY_SOURCE = Memory.PREFIX + "predictedBySource";

    /** The state's scalar that counts suspected samples up, and trusted ones, below 0, up to 0. */
    static final String SAMPLES = Memory.PREFIX + "collapseSamples";

    private static final int TRIAL = 640;
    private static final int TRUST = 2560;

    /** How much of an average is kept over so many samples: EATA's 0.9 for a batch of 64. */
    private static final double DECAY = 0.9;

    private static final double DECAY_SAMPLES = 64;

    @Override
    public String name() {
        return "collapse";
    }

    @Override
    public Ruling judge(Step step) {
        State made = step.made();
        Matrix logits = step.pass().logits();
        if (step.report().reset()) {
            return Ruling.published(made);
        }
        Vector predicted = moved(made.vector(PREDICTED, uniform(logits.columns())), logits);
        double samples = made.scalar(SAMPLES).orElse(0);
        double diversity = entropy(predicted);
        if (samples < 0) {
            double trusted = Math.min(samples + logits.rows(), 0);
            return Ruling.published(made.with(PREDICTED, predicted).with(SAMPLES, trusted));
        }
        if (diversity >= share * Math.log(logits.columns())) {
            return Ruling.published(made.without(BY_SOURCE).without(SAMPLES).with(PREDICTED, predicted));
        }
        Vector bySource = moved(made.vector(BY_SOURCE, predicted), bySource(step, logits));
        double expected = share * entropy(bySource);
        if (diversity < expected) {
            return reset(
                    step.before(),
                    "the entropy of what is predicted must be at least %.3g nats, %s times that of the source's predictions, but was %.3g"
                            .formatted(expected, share, diversity));
        }
        boolean acquitted = samples + logits.rows() >= TRIAL;
        State watched = made.with(PREDICTED, predicted);
        return Ruling.published(
                acquitted
                        ? watched.without(BY_SOURCE).with(SAMPLES, -TRUST)
                        : watched.with(BY_SOURCE, bySource).with(SAMPLES, samples + logits.rows()));
    }

    private static Matrix bySource(Step step, Matrix logits) {
        Vector source = step.model().source();
        if (step.before().theta().equals(source)) {
            return logits;
        }
        try (Pass pass = step.model().serve(step.pass().batch(), source)) {
            return pass.logits();
        }
    }

    private static Vector moved(Vector average, Matrix logits) {
        double[] sums = Predictions.of(logits).classSums();
        double rows = 0;
        for (double sum : sums) {
            rows += sum;
        }
        double kept = Math.pow(DECAY, rows / DECAY_SAMPLES);
        float[] moved = new float[sums.length];
        for (int k = 0; k < moved.length; k++) {
            double share = rows == 0 ? 0 : sums[k] / rows;
            moved[k] = (float) (kept * average.get(k) + (1 - kept) * share);
        }
        return Vector.of(moved);
    }

    private static Vector uniform(int classes) {
        float[] uniform = new float[classes];
        Arrays.fill(uniform, 1f / classes);
        return Vector.of(uniform);
    }

    private static double entropy(Vector probabilities) {
        double entropy = 0;
        for (int k = 0; k < probabilities.size(); k++) {
            double p = probabilities.get(k);
            entropy -= p > 0 ? p * Math.log(p) : 0;
        }
        return entropy;
    }
}
