package io.tta4j.bench;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.sar.LayerSelection;
import io.tta4j.sar.SarConfig;
import io.tta4j.sar.filter.EntropyMargin;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.minimizer.Descent;
import io.tta4j.sar.minimizer.ReliableLoss;
import io.tta4j.sar.minimizer.Sgd;
import io.tta4j.sar.minimizer.SharpnessAware;
import io.tta4j.sar.objective.SoftmaxEntropy;
import io.tta4j.sar.recovery.LossAverageReset;
import io.tta4j.sar.recovery.Recovery;

/**
 * SAR with a fixed share of reliable samples: what a step costs depends on that share, and random weights make no
 * sample reliable. Made of the parts of {@link io.tta4j.sar.Sar} in the same order; every norm layer adapts.
 *
 * @param share the first {@code ceil(share * N)} rows of a batch are reliable, in both passes
 */
record FixedShareSar(double share) implements Method {

    /** Too small to lead anywhere, so that every step costs the same. */
    private static final double LEARNING_RATE = 1e-12;

    @Override
    public String name() {
        return "sar-" + share;
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        // Without a limit, but entropies are computed as SAR does.
        SampleFilter margin = new EntropyMargin(Double.POSITIVE_INFINITY);
        ReliableLoss loss = new ReliableLoss(
                SoftmaxEntropy.INSTANCE,
                margin.and(first(share)),
                margin,
                LayerSelection.all().mask(model.layout()),
                model.samplesIndependent());
        Descent descent = new SharpnessAware(SarConfig.DEFAULT_RHO).descend(loss, pass, state.theta());
        State stepped = descent.isEmpty()
                ? state
                : new Sgd(LEARNING_RATE, SarConfig.DEFAULT_MOMENTUM).step(state, descent.gradient());
        Recovery.Outcome outcome = new LossAverageReset(0, false).after(stepped, descent.loss(), model.source());
        return new Adaptation(outcome.state(), descent.report(pass.rows(), outcome.reset()));
    }

    private static SampleFilter first(double share) {
        return samples -> {
            int kept = (int) Math.ceil(share * samples.size());
            return row -> row < kept;
        };
    }
}
