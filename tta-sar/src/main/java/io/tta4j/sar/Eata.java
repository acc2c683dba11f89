package io.tta4j.sar;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.sar.filter.EntropyMargin;
import io.tta4j.sar.filter.PredictionAverage;
import io.tta4j.sar.filter.Redundancy;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.minimizer.ReliableLoss;
import io.tta4j.sar.weight.Certainty;
import io.tta4j.sar.weight.SampleWeights;
import java.util.Optional;

/**
 * EATA: entropy minimisation over samples that are reliable and not redundant, without forgetting (Niu et al.,
 * "Efficient Test-Time Model Adaptation without Forgetting", ICML 2022, arXiv 2204.02610, section 3). For each batch,
 * with H the entropy in nats, p the softmax probabilities, q their moving average and F the Fisher information:
 *
 * <ol>
 *   <li>S = {i : H_i &lt; E0 and cos(p_i, q) &lt; epsilon}; before there is a q, the entropy alone decides
 *   <li>g = grad mean over S of exp(E0 - H_i) H_i at theta, the factor held constant
 *   <li>g &lt;- g + 2 beta F (theta - theta_source), where there is an F; without one this is ETA
 *   <li>v &lt;- mu v + g, theta &lt;- theta - eta v; skipped where S is empty
 *   <li>q &lt;- 0.9 q + 0.1 mean over S of p, the first mean sets it
 * </ol>
 *
 * <p>The answer is the logits at theta, before the step. The state holds the vectors {@code theta}, {@code momentum}
 * and {@code predictionAverage}. A sample with a logit that is not finite is never reliable. Safe for use by many
 * threads.
 */
public final class Eata implements Method {

    /** The name that settings and reports use. */
    public static final String NAME = "eata";

    private final EataConfig config;
    private final TentRecipe recipe;

    private Eata(EataConfig config) {
        this.config = config;
        this.recipe = new TentRecipe(config.tent());
    }

    /** EATA with these settings. */
    public static Eata of(EataConfig config) {
        return new Eata(config);
    }

    /** EATA with default settings. */
    public static Eata ofDefaults() {
        return of(EataConfig.ofDefaults());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Statistics statistics() {
        return config.tent().statistics();
    }

    /** The settings. */
    public EataConfig config() {
        return config;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code eata.layers} matches no layer of the model, or {@code eata.fisher} is
     *     of another model
     */
    @Override
    public State initial(AdaptableModel model) {
        config.fisher().ifPresent(fisher -> fisher.over(model.layout()));
        return recipe.initial(model);
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        double margin = config.margin().nats(model.classes());
        double limit = config.redundancy().cosine(model.classes());
        Optional<PredictionAverage> average = PredictionAverage.in(state);
        SampleFilter reliable = new EntropyMargin(margin);
        SampleFilter filter =
                average.map(q -> reliable.and(new Redundancy(q, limit))).orElse(reliable);
        SampleWeights weights = config.weights() ? new Certainty(margin) : SampleWeights.equal();

        ReliableLoss.Value value = recipe.loss(model, filter, weights).at(pass);
        State stepped = value.samples() == 0
                ? state
                : predicted(average, pass, value.rows())
                        .into(recipe.step(state, anchored(value.gradient(), model, state), pass.rows()));
        return new Adaptation(stepped, value.descent().report(pass.rows(), false));
    }

    private Vector anchored(Vector gradient, AdaptableModel model, State state) {
        return config.fisher()
                .map(fisher -> fisher.over(model.layout())
                        .times(state.theta().minus(model.source()))
                        .times((float) (2 * config.fisherWeight()))
                        .plus(gradient))
                .orElse(gradient);
    }

    private static PredictionAverage predicted(Optional<PredictionAverage> average, Pass pass, int... rows) {
        PredictionAverage batch = PredictionAverage.of(pass.logits(), rows);
        return average.map(q -> q.then(batch)).orElse(batch);
    }
}
