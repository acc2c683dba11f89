package io.tta4j.sar;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.sar.filter.EntropyMargin;
import io.tta4j.sar.filter.PredictionDrop;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.filter.Samples;
import io.tta4j.sar.minimizer.Descent;
import io.tta4j.sar.weight.SampleWeights;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * DeYO: entropy minimisation over samples that were recognised by their shape (Lee et al., "Entropy is not Enough for
 * Test-time Adaptation: From the Perspective of Disentangled Factors", ICLR 2024, arXiv 2403.07366, section 3). For
 * each batch, with H the entropy in nats, p the softmax probabilities, y the predicted class and x' the image x with
 * its patches shuffled:
 *
 * <ol>
 *   <li>S1 = {i : H_i &lt; tau}; for i in S1, PLPD_i = p_y(x_i) - p_y(x'_i), by a forward pass over the x'_i at theta
 *   <li>S2 = {i in S1 : PLPD_i &gt; drop}
 *   <li>g = grad mean over S2 of (exp(E0 - H_i) + exp(PLPD_i)) H_i at theta, the factor held constant
 *   <li>v &lt;- mu v + g, theta &lt;- theta - eta v; skipped where S1 or S2 is empty
 * </ol>
 *
 * <p>The answer is the logits at theta, before the step. The state holds the vectors {@code theta} and
 * {@code momentum}. A sample with a logit that is not finite is never reliable. Wants images: one float32 input of four
 * axes. Under statistics of the batch, those of the x'_i are used for these, as in the authors' code. Safe for use by
 * many threads.
 */
public final class Deyo implements Method {

    /** The name that settings and reports use. */
    public static final String NAME = "deyo";

    private final DeyoConfig config;
    private final TentRecipe recipe;

    private Deyo(DeyoConfig config) {
        this.config = config;
        this.recipe = new TentRecipe(config.tent());
    }

    /** DeYO with these settings. */
    public static Deyo of(DeyoConfig config) {
        return new Deyo(config);
    }

    /** DeYO with default settings. */
    public static Deyo ofDefaults() {
        return of(DeyoConfig.ofDefaults());
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
    public DeyoConfig config() {
        return config;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the model does not take images, or {@code deyo.layers} matches none of its
     *     layers
     */
    @Override
    public State initial(AdaptableModel model) {
        config.shuffle().images(model.inputs());
        return recipe.initial(model);
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        SampleFilter sure = new EntropyMargin(config.margin().nats(model.classes()));
        int[] candidates = rows(sure, model, pass);
        if (candidates.length == 0) {
            return new Adaptation(state, StepReport.skipped(pass.rows(), 0));
        }
        PredictionDrop drop = drop(model, pass, state, candidates);
        Descent descent = recipe.loss(model, sure.and(drop.above(config.drop())), weights(model, drop))
                .at(pass)
                .descent();
        State stepped = descent.isEmpty() ? state : recipe.step(state, descent.gradient(), pass.rows());
        return new Adaptation(stepped, descent.report(pass.rows(), false));
    }

    private int[] rows(SampleFilter filter, AdaptableModel model, Pass pass) {
        Samples samples = recipe.samples(model, pass);
        return IntStream.range(0, pass.rows()).filter(filter.on(samples)).toArray();
    }

    private PredictionDrop drop(AdaptableModel model, Pass pass, State state, int... rows) {
        String input = config.shuffle().images(model.inputs()).name();
        Batch images = pass.batch().select(rows);
        Batch shuffled = Batch.of(
                input,
                config.shuffle().of(Objects.requireNonNull(images.inputs().get(input))));
        try (Pass destroyed = model.serve(shuffled, state.theta())) {
            return PredictionDrop.of(pass, destroyed.logits(), rows);
        }
    }

    private SampleWeights weights(AdaptableModel model, PredictionDrop drop) {
        double margin = config.weightMargin().nats(model.classes());
        return config.weights()
                ? (samples, rows) -> IntStream.of(rows)
                        .mapToDouble(row -> Math.exp(margin - samples.entropy(row)) + Math.exp(drop.of(row)))
                        .toArray()
                : SampleWeights.equal();
    }
}
