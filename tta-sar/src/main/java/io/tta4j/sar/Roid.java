package io.tta4j.sar;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.sar.filter.PredictionAverage;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.minimizer.ReliableLoss;
import io.tta4j.sar.recovery.Recovery;
import io.tta4j.sar.recovery.SourcePull;
import io.tta4j.sar.weight.DiversityAndCertainty;
import io.tta4j.sar.weight.SampleWeights;
import java.util.stream.IntStream;

/**
 * ROID: weights of diversity and certainty, a pull to the source, and a prior on the answer (Marsden et al., "Universal
 * Test-time Adaptation through Weight Ensembling, Diversity Weighting, and Prior Correction", WACV 2024, arXiv
 * 2306.00650, section 3). For each batch of N samples, with p the softmax probabilities, q their moving average, H the
 * entropy:
 *
 * <ol>
 *   <li>d_i = 1 - cos(p_i, q) and c_i = -H_i, each scaled to 0..1 over the batch; S = {i : d_i &gt;= mean d}
 *   <li>g = grad sum over S of exp(d_i c_i / T) SLR_i / N, with SLR = -sum_k p_k log(p_k / (1 - p_k))
 *   <li>v &lt;- mu v + g, theta &lt;- theta - eta v, theta &lt;- m theta + (1 - m) theta_source
 *   <li>q &lt;- 0.9 q + 0.1 mean p; at first all classes alike
 *   <li>the answer is z_i + log prior, with prior_k = (r_k + s) / (1 + s C), r the mean p of the batch over C classes,
 *       and s = max(1 / N, 1 / C) / max r
 * </ol>
 *
 * <p>The paper's consistency term, a symmetric cross-entropy to the prediction for an augmented image, is left out: it
 * wants augmentations that are right for the data, which the model does not tell, and another forward and backward
 * pass. The authors' code makes it optional too.
 *
 * <p>The state holds the vectors {@code theta}, {@code momentum} and {@code predictionAverage}. A sample with a logit
 * that is not finite counts nowhere; the step is skipped where there is no other. Safe for use by many threads.
 */
public final class Roid implements Method {

    /** The name that settings and reports use. */
    public static final String NAME = "roid";

    private final RoidConfig config;
    private final TentRecipe recipe;
    private final Recovery pull;

    private Roid(RoidConfig config) {
        this.config = config;
        this.recipe = new TentRecipe(config.tent());
        this.pull = new SourcePull(config.sourceMomentum());
    }

    /** ROID with these settings. */
    public static Roid of(RoidConfig config) {
        return new Roid(config);
    }

    /** ROID with default settings. */
    public static Roid ofDefaults() {
        return of(RoidConfig.ofDefaults());
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
    public RoidConfig config() {
        return config;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code roid.layers} matches no layer of the model
     */
    @Override
    public State initial(AdaptableModel model) {
        return recipe.initial(model);
    }

    @Override
    public Answer answer(Pass pass, State state) {
        return config.priorCorrection() ? ClassPrior.of(pass.logits()).correct(pass) : Method.super.answer(pass, state);
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        PredictionAverage average =
                PredictionAverage.in(state).orElseGet(() -> PredictionAverage.uniform(model.classes()));
        ReliableLoss.Value value = loss(model, average).at(pass);
        State stepped = state;
        if (value.samples() > 0) {
            stepped = recipe.step(state, value.gradient(), pass.rows());
            stepped = pull.after(stepped, value.loss(), model.source()).state();
            stepped = average.then(PredictionAverage.of(pass.logits(), finite(pass)))
                    .into(stepped);
        }
        return new Adaptation(stepped, value.descent().report(pass.rows(), false));
    }

    private ReliableLoss loss(AdaptableModel model, PredictionAverage average) {
        if (!config.weights()) {
            return recipe.loss(model, SampleFilter.finite(), SampleWeights.equal());
        }
        DiversityAndCertainty both = new DiversityAndCertainty(average, config.temperature());
        return recipe.loss(model, both, both);
    }

    private static int[] finite(Pass pass) {
        return IntStream.range(0, pass.rows())
                .filter(row -> pass.logits().select(row).isFinite())
                .toArray();
    }
}
