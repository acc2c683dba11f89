package io.tta4j.sar;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.sar.recovery.PeriodicReset;
import io.tta4j.sar.recovery.Recovery;

/**
 * RDumb: ETA that is reset every so many batches (Press et al., "RDumb: A simple approach that questions our progress
 * in continual test-time adaptation", NeurIPS 2023, arXiv 2306.05401, section 4). Over long streams the simplest guard
 * against collapse, and a baseline that others must beat. For each batch:
 *
 * <ol>
 *   <li>a step of {@link Eata} without Fisher information
 *   <li>after T batches, those without a step counted, the first state again: theta is the source's, momentum and
 *       average are forgotten
 * </ol>
 *
 * <p>With T = 0 this is ETA, bit for bit. The state holds what EATA's does, and the scalar {@code batches}. Safe for
 * use by many threads.
 */
public final class Rdumb implements Method {

    /** The name that settings and reports use. */
    public static final String NAME = "rdumb";

    private final RdumbConfig config;
    private final Eata eata;
    private final Recovery reset;

    private Rdumb(RdumbConfig config) {
        this.config = config;
        this.eata = Eata.of(config.eata());
        this.reset = new PeriodicReset(config.period());
    }

    /** RDumb with these settings. */
    public static Rdumb of(RdumbConfig config) {
        return new Rdumb(config);
    }

    /** RDumb with default settings. */
    public static Rdumb ofDefaults() {
        return of(RdumbConfig.ofDefaults());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Statistics statistics() {
        return eata.statistics();
    }

    /** The settings. */
    public RdumbConfig config() {
        return config;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code rdumb.layers} matches no layer of the model
     */
    @Override
    public State initial(AdaptableModel model) {
        return eata.initial(model);
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        Adaptation adaptation = eata.adapt(model, pass, state);
        StepReport step = adaptation.report();
        Recovery.Outcome outcome = reset.after(adaptation.state(), step.loss(), model.source());
        return new Adaptation(
                outcome.state(),
                new StepReport(step.samples(), step.reliable(), step.adaptedSamples(), step.loss(), outcome.reset()));
    }
}
