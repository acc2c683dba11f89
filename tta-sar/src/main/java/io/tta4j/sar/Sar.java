package io.tta4j.sar;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.sar.filter.EntropyMargin;
import io.tta4j.sar.filter.GradientNormLimit;
import io.tta4j.sar.filter.GradientNormQuantile;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.minimizer.Descent;
import io.tta4j.sar.minimizer.ReliableLoss;
import io.tta4j.sar.minimizer.Sgd;
import io.tta4j.sar.minimizer.SharpnessAware;
import io.tta4j.sar.objective.SoftmaxEntropy;
import io.tta4j.sar.recovery.LossAverageReset;
import io.tta4j.sar.recovery.Recovery;

/**
 * SAR: sharpness-aware and reliable entropy minimisation (Niu et al., "Towards Stable Test-Time Adaptation in Dynamic
 * Wild World", ICLR 2023, arXiv 2302.12400, section 4). For each batch, with H the softmax entropy in nats:
 *
 * <ol>
 *   <li>S1 = {i : H_i &lt; E0} at theta, further thinned by the gradient filters if set; g1 = grad mean over S1 of H
 *   <li>eps = rho g1 / (||g1|| + 1e-12)
 *   <li>S2 = {i in S1 : H_i &lt; E0} at theta + eps, by the entropy margin alone; g2 = grad mean over S2 of H there
 *   <li>v &lt;- mu v + g2, theta &lt;- theta - eta v; skipped where S1 or S2 is empty
 *   <li>e &lt;- 0.9 e + 0.1 mean over S2 of H, the first mean sets it; where e &lt; e_m theta goes back to the source,
 *       v and e are forgotten
 * </ol>
 *
 * <p>The answer is the logits at theta, before the step. The state holds the vectors {@code theta} and {@code momentum}
 * and the scalar {@code lossAverage}. A sample with a logit that is not finite is never reliable. The second pass has
 * the rows of S1 only; where samples interact it has the whole batch. Safe for use by many threads.
 */
public final class Sar implements Method {

    /** The name that settings and reports use. */
    public static final String NAME = "sar";

    private final SarConfig config;

    private Sar(SarConfig config) {
        this.config = config;
    }

    /** SAR with these settings. */
    public static Sar of(SarConfig config) {
        return new Sar(config);
    }

    /** SAR with default settings. */
    public static Sar ofDefaults() {
        return of(SarConfig.ofDefaults());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Statistics statistics() {
        return config.statistics();
    }

    /** The settings. */
    public SarConfig config() {
        return config;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the settings do not fit the model: {@code sar.layers} matches no layer, or
     *     samples are not independent and a gradient filter is set
     */
    @Override
    public State initial(AdaptableModel model) {
        config.layers().mask(model.layout());
        if (!model.samplesIndependent()) {
            config.maxGradientNorm().ifPresent(limit -> refuse("sar.maxGradientNorm", limit));
            config.gradientQuantile().ifPresent(q -> refuse("sar.gradientQuantile", q));
        }
        return State.of(model.source());
    }

    private static void refuse(String setting, double value) {
        throw new IllegalArgumentException(
                ("%s must be off for a model whose samples depend on each other (batch norm on"
                                + " batch statistics), where a sample has no gradient of its own, but was %s")
                        .formatted(setting, value));
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        SampleFilter margin = new EntropyMargin(config.margin(model.classes()));
        ReliableLoss loss = new ReliableLoss(
                SoftmaxEntropy.INSTANCE,
                reliable(margin),
                margin,
                config.layers().mask(model.layout()),
                model.samplesIndependent());
        SharpnessAware minimizer = new SharpnessAware(config.rho());
        Sgd optimizer = new Sgd(config.learningRate(pass.rows()), config.momentum());
        Recovery recovery = new LossAverageReset(config.resetThreshold(model.classes()), config.compat());

        Descent descent = minimizer.descend(loss, pass, state.theta());
        boolean skipped = descent.isEmpty() && !config.compat();
        State stepped = skipped ? state : optimizer.step(state, descent.gradient());
        Recovery.Outcome outcome = recovery.after(stepped, descent.loss(), model.source());
        return new Adaptation(outcome.state(), descent.report(pass.rows(), outcome.reset()));
    }

    private SampleFilter reliable(SampleFilter margin) {
        SampleFilter filter = margin;
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
