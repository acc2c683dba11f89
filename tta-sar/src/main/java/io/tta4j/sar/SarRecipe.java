package io.tta4j.sar;

import io.tta4j.method.Adaptation;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.filter.EntropyMargin;
import io.tta4j.sar.filter.GradientNormLimit;
import io.tta4j.sar.filter.GradientNormQuantile;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.minimizer.Descent;
import io.tta4j.sar.minimizer.Minimizer;
import io.tta4j.sar.minimizer.ReliableLoss;
import io.tta4j.sar.minimizer.Sgd;
import io.tta4j.sar.recovery.LossAverageReset;
import io.tta4j.sar.recovery.Recovery;
import io.tta4j.sar.recovery.SourcePull;
import io.tta4j.sar.weight.ClippedInfluence;
import io.tta4j.sar.weight.SampleWeights;

/**
 * The recipe of {@link Sar} with the minimizer left open: the entropy of reliable samples is descended along the
 * gradient that the minimizer finds, by SGD with momentum, and a collapsed model is reset. Methods that differ in the
 * minimizer alone are this recipe under another name. Safe for use by many threads.
 *
 * @param config all settings; {@link SarConfig#rho()} is up to the minimizer
 * @param minimizer finds the gradient of a step
 */
public record SarRecipe(SarConfig config, Minimizer minimizer) {

    /**
     * The state before the first request: the model as it was trained.
     *
     * @throws IllegalArgumentException if the settings do not fit the model: {@code layers} matches no layer, or
     *     samples are not independent and gradients of single samples are asked for
     */
    public State initial(AdaptableModel model) {
        config.layers().mask(model.layout());
        if (!model.samplesIndependent()) {
            config.maxGradientNorm().ifPresent(limit -> refuse("maxGradientNorm", limit));
            config.gradientQuantile().ifPresent(q -> refuse("gradientQuantile", q));
            config.maxSampleInfluence().ifPresent(multiple -> refuse("maxSampleInfluence", multiple));
        }
        return State.of(model.source());
    }

    private void refuse(String setting, double value) {
        throw new IllegalArgumentException(
                ("%s.%s must be off for a model whose samples depend on each other (batch norm on"
                                + " batch statistics), where a sample has no gradient of its own, but was %s")
                        .formatted(config.method(), setting, value));
    }

    /**
     * One step, as in {@link io.tta4j.method.Method#adapt}.
     *
     * @param model the model, for its layout and its source parameters
     * @param pass an open pass at {@code state.theta()}; stays open
     * @param state the state that the pass was made with
     */
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        SampleFilter margin = new EntropyMargin(config.margin().nats(model.classes()));
        RecentPredictions recent =
                RecentPredictions.in(state, config.redundancy().cosine(model.classes()));
        ReliableLoss loss = new ReliableLoss(
                config.objective(),
                reliable(margin.and(recent.newOnes())),
                margin,
                config.maxSampleInfluence().isPresent()
                        ? new ClippedInfluence(config.maxSampleInfluence().getAsDouble())
                        : SampleWeights.equal(),
                config.layers().mask(model.layout()),
                model.samplesIndependent());
        Recovery recovery = new LossAverageReset(config.resetThreshold().nats(model.classes()), config.compat());

        Descent descent = minimizer.descend(loss, pass, state.theta());
        boolean skipped = descent.isEmpty() && !config.compat();
        State stepped = skipped ? state : step(state, descent, pass.rows(), model.source());
        State predicted = descent.isEmpty()
                ? stepped
                : recent.after(stepped, pass, descent.here().rows());
        Recovery.Outcome outcome = recovery.after(predicted, descent.loss(), model.source());
        return new Adaptation(outcome.state(), descent.report(pass.rows(), outcome.reset()));
    }

    private State step(State state, Descent descent, int rows, Vector source) {
        State stepped = new Sgd(config.learningRate().of(rows), config.momentum()).step(state, descent.gradient());
        return new SourcePull(over(rows, config.sourceMomentum()))
                .after(stepped, descent.loss(), source)
                .state();
    }

    /** How much is kept over so many rows, of what keeps so much over a batch. */
    static double over(int rows, double keptOverBatch) {
        return Math.pow(keptOverBatch, (double) rows / SarConfig.BATCH_ROWS);
    }

    private SampleFilter reliable(SampleFilter sure) {
        SampleFilter filter = sure;
        if (config.maxGradientNorm().isPresent()) {
            filter = filter.and(new GradientNormLimit(config.maxGradientNorm().getAsDouble()));
        }
        if (config.gradientQuantile().isPresent()) {
            filter = filter.and(
                    new GradientNormQuantile(config.gradientQuantile().getAsDouble()));
        }
        return filter;
    }
}
