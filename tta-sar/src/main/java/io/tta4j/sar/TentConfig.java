package io.tta4j.sar;

import io.tta4j.model.Statistics;
import io.tta4j.sar.minimizer.Optimizer;
import io.tta4j.sar.objective.Objective;
import io.tta4j.sar.objective.SoftmaxEntropy;

/**
 * The settings of {@link Tent}, which methods that descend a plain gradient have too, under their own name: see
 * {@link #customFor}. Immutable; made by a builder. Tent is Wang et al., ICLR 2021.
 *
 * @param method the name that messages put in front of a setting's: {@code tent} in {@code tent.momentum}
 * @param learningRate eta, at least 0; by default {@link SarConfig#DEFAULT_LEARNING_RATE}, so that methods compare
 * @param optimizer SGD or Adam; by default SGD. Published figures on CIFAR are with Adam at 0.001, on ImageNet with SGD
 * @param momentum mu, at least 0 and less than 1; Adam's beta_1
 * @param objective the loss; by default the entropy of the softmax
 * @param layers which norm layers adapt; by default all but the last floor(L/4), as SAR's
 * @param statistics where batch norm takes its means and variances from; by default the source. The authors' code takes
 *     those of the batch
 */
public record TentConfig(
        String method,
        LearningRate learningRate,
        Optimizer.Rule optimizer,
        double momentum,
        Objective objective,
        LayerSelection layers,
        Statistics statistics) {

    /** As SAR's, so that the two compare. */
    public static final double DEFAULT_MOMENTUM = 0.9;

    public TentConfig {
        Range.NON_NEGATIVE.require(method + ".learningRate", learningRate.value());
        Range.BELOW_ONE.require(method + ".momentum", momentum);
    }

    /** The defaults. */
    public static TentConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return customFor(Tent.NAME);
    }

    /**
     * A builder that starts from the defaults, for a method that has Tent's settings.
     *
     * @param method the method's name, such as {@code eata}
     */
    public static Builder customFor(String method) {
        return new Builder(method);
    }

    /** A builder that starts from another configuration. */
    public static Builder from(TentConfig base) {
        return new Builder(base);
    }

    /** Builds a {@link TentConfig}. Not thread-safe. */
    public static final class Builder {

        private final String method;
        private LearningRate learningRate = SarConfig.DEFAULT_LEARNING_RATE;
        private Optimizer.Rule optimizer = Optimizer.Rule.SGD;
        private double momentum = DEFAULT_MOMENTUM;
        private Objective objective = SoftmaxEntropy.INSTANCE;
        private LayerSelection layers = LayerSelection.allButLast();
        private Statistics statistics = Statistics.SOURCE;

        private Builder(String method) {
            this.method = method;
        }

        private Builder(TentConfig base) {
            method = base.method;
            learningRate = base.learningRate;
            optimizer = base.optimizer;
            momentum = base.momentum;
            objective = base.objective;
            layers = base.layers;
            statistics = base.statistics;
        }

        /** See {@link TentConfig#learningRate()}. */
        public Builder learningRate(LearningRate learningRate) {
            this.learningRate = learningRate;
            return this;
        }

        /** The same for every batch; see {@link TentConfig#learningRate()}. */
        public Builder learningRate(double learningRate) {
            return learningRate(LearningRate.fixed(learningRate));
        }

        /** See {@link TentConfig#optimizer()}. */
        public Builder optimizer(Optimizer.Rule optimizer) {
            this.optimizer = optimizer;
            return this;
        }

        /** {@code sgd} or {@code adam}. */
        public Builder optimizer(String optimizer) {
            return optimizer(Optimizer.Rule.parse(method + ".optimizer", optimizer));
        }

        /** See {@link TentConfig#momentum()}. */
        public Builder momentum(double momentum) {
            this.momentum = momentum;
            return this;
        }

        /** See {@link TentConfig#objective()}. */
        public Builder objective(Objective objective) {
            this.objective = objective;
            return this;
        }

        /** {@code entropy} or {@code come}. */
        public Builder objective(String objective) {
            return objective(Objective.parse(method + ".objective", objective));
        }

        /** See {@link TentConfig#layers()}. */
        public Builder layers(LayerSelection layers) {
            this.layers = layers;
            return this;
        }

        /** {@code all} or globs on layer names, separated by commas. */
        public Builder layers(String layers) {
            return layers(LayerSelection.parse(method + ".layers", layers));
        }

        /** See {@link TentConfig#statistics()}. */
        public Builder statistics(Statistics statistics) {
            this.statistics = statistics;
            return this;
        }

        /** {@code source}, {@code batch}, or the weight of the batch, in 0..1. */
        public Builder statistics(String statistics) {
            return statistics(Statistics.parse(method + ".statistics", statistics));
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if a setting is out of its range; the message names it
         */
        public TentConfig build() {
            return new TentConfig(method, learningRate, optimizer, momentum, objective, layers, statistics);
        }
    }
}
