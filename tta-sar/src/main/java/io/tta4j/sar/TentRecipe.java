package io.tta4j.sar;

import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.filter.Samples;
import io.tta4j.sar.minimizer.ReliableLoss;
import io.tta4j.sar.weight.SampleWeights;

/**
 * What {@link Tent} and the methods after it have in common: a loss over some samples of the batch, each with a weight,
 * and one step along its gradient. Safe for use by many threads.
 */
record TentRecipe(TentConfig config) {

    /** @throws IllegalArgumentException if {@code layers} matches no layer of the model */
    State initial(AdaptableModel model) {
        config.layers().mask(model.layout());
        return State.of(model.source());
    }

    /** What filters see of a pass. */
    Samples samples(AdaptableModel model, Pass pass) {
        return Samples.of(pass, config.layers().mask(model.layout()), config.objective());
    }

    /** The weighted mean of the objective over the samples that pass. */
    ReliableLoss loss(AdaptableModel model, SampleFilter filter, SampleWeights weights) {
        return new ReliableLoss(
                config.objective(),
                filter,
                filter,
                weights,
                config.layers().mask(model.layout()),
                model.samplesIndependent());
    }

    /**
     * A step.
     *
     * @param gradient P values
     * @param rows of the adaptation batch, which the learning rate may go with
     */
    State step(State state, Vector gradient, int rows) {
        return config.optimizer()
                .of(config.learningRate().of(rows), config.momentum())
                .step(state, gradient);
    }
}
