package io.tta4j.csfa;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.sar.SarRecipe;
import io.tta4j.sar.minimizer.SurrogateGap;

/**
 * RSGS: entropy minimisation over reliable samples, sharpness-aware and guided by the surrogate gap (CSFA, Yu, Lu and
 * Zhang, arXiv 2506.05736; the gap is GSAM's, Zhuang et al., ICLR 2022, arXiv 2203.08065). It is
 * {@linkplain io.tta4j.sar.Sar SAR} with another gradient in its step. For each batch, with H the softmax entropy in
 * nats:
 *
 * <ol>
 *   <li>S1 = {i : H_i &lt; E0} at theta, without what is redundant by {@link io.tta4j.sar.SarConfig#redundancy()}
 *       (EATA's; not in the paper), further thinned by the gradient filters if set; g = grad mean over S1 of H
 *   <li>eps = rho g / (||g|| + 1e-12)
 *   <li>S2 = {i in S1 : H_i &lt; E0} at theta + eps, by the entropy margin alone; gp = grad mean over S2 of H there
 *   <li>g_perp = g - (&lt;g, gp&gt; / ||gp||^2) gp
 *   <li>v &lt;- mu v + gp - alpha g_perp, theta &lt;- theta - eta v; skipped where S1 or S2 is empty
 *   <li>e &lt;- 0.9 e + 0.1 mean over S2 of H, the first mean sets it; where e &lt; e_m theta goes back to the source,
 *       v and e are forgotten
 * </ol>
 *
 * <p>With alpha 0 this is SAR, bit for bit. The answer is the logits at theta, before the step. The state holds the
 * vectors {@code theta}, {@code momentum} and {@code predictionAverage} and the scalar {@code lossAverage}. A sample
 * with a logit that is not finite is never reliable. The second pass has the rows of S1 only; where samples interact it
 * has the whole batch. Safe for use by many threads.
 */
public final class Rsgs implements Method {

    /** The name that settings and reports use. */
    public static final String NAME = "rsgs";

    private final RsgsConfig config;
    private final SarRecipe recipe;

    private Rsgs(RsgsConfig config) {
        this.config = config;
        this.recipe = new SarRecipe(config.sar(), new SurrogateGap(config.sar().rho(), config.alpha()));
    }

    /** RSGS with these settings. */
    public static Rsgs of(RsgsConfig config) {
        return new Rsgs(config);
    }

    /** RSGS with default settings. */
    public static Rsgs ofDefaults() {
        return of(RsgsConfig.ofDefaults());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Statistics statistics() {
        return config.sar().statistics();
    }

    /** The settings. */
    public RsgsConfig config() {
        return config;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the settings do not fit the model: {@code rsgs.layers} matches no layer, or
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
