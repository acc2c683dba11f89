package io.tta4j.sar;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.minimizer.Descent;
import io.tta4j.sar.minimizer.ReliableLoss;
import io.tta4j.sar.weight.SampleWeights;

/**
 * Tent: entropy minimisation over every sample of a batch (Wang et al., "Tent: Fully Test-Time Adaptation by Entropy
 * Minimization", ICLR 2021, section 3). With H the softmax entropy in nats and N samples:
 *
 * <ol>
 *   <li>g = grad mean over all samples of H at theta
 *   <li>v &lt;- mu v + g, theta &lt;- theta - eta v
 * </ol>
 *
 * <p>or Adam in the place of the last line. The answer is the logits at theta, before the step. The state holds the
 * vectors {@code theta} and {@code momentum}, with Adam also {@code squares} and the scalar {@code steps}. One sample
 * with a logit that is not finite makes the step so, which the runtime then drops. Safe for use by many threads.
 */
public final class Tent implements Method {

    /** The name that settings and reports use. */
    public static final String NAME = "tent";

    private final TentRecipe recipe;

    private Tent(TentConfig config) {
        this.recipe = new TentRecipe(config);
    }

    /** Tent with these settings. */
    public static Tent of(TentConfig config) {
        return new Tent(config);
    }

    /** Tent with default settings. */
    public static Tent ofDefaults() {
        return of(TentConfig.ofDefaults());
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
    public TentConfig config() {
        return recipe.config();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code tent.layers} matches no layer of the model
     */
    @Override
    public State initial(AdaptableModel model) {
        return recipe.initial(model);
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        ReliableLoss loss = recipe.loss(model, SampleFilter.all(), SampleWeights.equal());
        Descent descent = loss.at(pass).descent();
        State stepped = recipe.step(state, descent.gradient(), pass.rows());
        return new Adaptation(stepped, descent.report(pass.rows(), false));
    }
}
