package io.tta4j.sar;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.sar.objective.ConservativeEntropy;

/**
 * COME: conservatively minimised entropy (Zhang et al., "COME: Test-time Adaption by Conservatively Minimizing
 * Entropy", ICLR 2025, section 4). {@link Tent} with another entropy, which leaves room for not knowing; C classes, z
 * the logits:
 *
 * <ol>
 *   <li>b_k = exp(z_k) / (sum exp(z) + C), u = C / (sum exp(z) + C), H = -sum b_k log b_k - u log u
 *   <li>g = grad mean over all samples of H at theta, with the norm of z held
 *   <li>v &lt;- mu v + g, theta &lt;- theta - eta v
 * </ol>
 *
 * <p>{@code objective=come} puts the same entropy into SAR, RSGS, EATA and DeYO. Answer, state and samples that are not
 * finite are as Tent's. Safe for use by many threads.
 */
public final class Come implements Method {

    /** The name that settings and reports use. */
    public static final String NAME = "come";

    private final Tent tent;

    private Come(TentConfig config) {
        this.tent = Tent.of(config);
    }

    /** COME with these settings; start from {@link #custom()}. */
    public static Come of(TentConfig config) {
        return new Come(config);
    }

    /** COME with default settings. */
    public static Come ofDefaults() {
        return of(custom().build());
    }

    /** A builder that starts from the defaults, {@link ConservativeEntropy} among them. */
    public static TentConfig.Builder custom() {
        return TentConfig.customFor(NAME).objective(ConservativeEntropy.INSTANCE);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Statistics statistics() {
        return tent.statistics();
    }

    /** The settings. */
    public TentConfig config() {
        return tent.config();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code come.layers} matches no layer of the model
     */
    @Override
    public State initial(AdaptableModel model) {
        return tent.initial(model);
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        return tent.adapt(model, pass, state);
    }
}
