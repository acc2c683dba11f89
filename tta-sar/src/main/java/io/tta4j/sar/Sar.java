package io.tta4j.sar;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.sar.minimizer.SharpnessAware;

/**
 * SAR: sharpness-aware and reliable entropy minimisation (Niu et al., "Towards Stable Test-Time Adaptation in Dynamic
 * Wild World", ICLR 2023, arXiv 2302.12400, section 4). For each batch, with H the softmax entropy in nats:
 *
 * <ol>
 *   <li>S1 = {i : H_i &lt; E0} at theta, without what is redundant by {@link SarConfig#redundancy()} (EATA's; not in
 *       the paper), further thinned by the gradient filters if set; g1 = grad mean over S1 of H
 *   <li>eps = rho g1 / (||g1|| + 1e-12)
 *   <li>S2 = {i in S1 : H_i &lt; E0} at theta + eps, by the entropy margin alone; g2 = grad mean over S2 of H there
 *   <li>v &lt;- mu v + g2, theta &lt;- theta - eta v; skipped where S1 or S2 is empty. Not in the paper: theta &lt;- m'
 *       theta + (1 - m') source, with m' = m^(N / 64)
 *   <li>e &lt;- 0.9 e + 0.1 mean over S2 of H, the first mean sets it; where e &lt; e_m theta goes back to the source,
 *       v and e are forgotten
 * </ol>
 *
 * <p>The answer is the logits at theta, before the step. The state holds the vectors {@code theta}, {@code momentum}
 * and {@code predictionAverage} and the scalar {@code lossAverage}. A sample with a logit that is not finite is never
 * reliable. The second pass has the rows of S1 only; where samples interact it has the whole batch. Safe for use by
 * many threads.
 */
public final class Sar implements Method {

    /** The name that settings and reports use. */
    public static final String NAME = "sar";

    private final SarRecipe recipe;

    private Sar(SarConfig config) {
        this.recipe = new SarRecipe(config, new SharpnessAware(config.rho()));
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
        return config().statistics();
    }

    /** The settings. */
    public SarConfig config() {
        return recipe.config();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the settings do not fit the model: {@code sar.layers} matches no layer, or
     *     samples are not independent and a gradient filter is set
     */
    @Override
    public State initial(AdaptableModel model) {
        return recipe.initial(model);
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        return recipe.adapt(model, pass, state);
    }
}
