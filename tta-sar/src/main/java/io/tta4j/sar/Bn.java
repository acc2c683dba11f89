package io.tta4j.sar;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;

/**
 * Batch norm on other statistics than those of training, and nothing else: no gradient, no step. With those of the
 * batch it is the field's BN-1 (Nado et al., "Evaluating Prediction-Time Batch Normalization for Robustness under
 * Covariate Shift", arXiv 2006.10963; Li et al., arXiv 1603.04779), with a blend BN-alpha (Schneider et al., "Improving
 * robustness against common corruptions by covariate shift adaptation", NeurIPS 2020):
 *
 * <ol>
 *   <li>mu = w mu_batch + (1 - w) mu_source, and so the variance, in each batch norm
 * </ol>
 *
 * <p>Theta stays the source's. A model without batch norm is refused by {@link AdaptableModel#withStatistics} with a
 * {@link ModelException}. Safe for use by many threads.
 */
public final class Bn implements Method {

    /** The name that settings and reports use. */
    public static final String NAME = "bn";

    private final Statistics statistics;

    private Bn(Statistics statistics) {
        this.statistics = statistics;
    }

    /** Batch norm on these statistics. */
    public static Bn of(Statistics statistics) {
        return new Bn(statistics);
    }

    /** Batch norm on the statistics of the batch. */
    public static Bn ofDefaults() {
        return of(Statistics.BATCH);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Statistics statistics() {
        return statistics;
    }

    @Override
    public boolean adapts() {
        return false;
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        return new Adaptation(state, StepReport.skipped(pass.rows(), 0));
    }
}
