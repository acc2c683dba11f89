package io.tta4j.sar;

import io.tta4j.model.Statistics;

/**
 * The settings of {@link Tent}. Immutable; made by a builder. Tent is Wang et al., ICLR 2021.
 *
 * @param learningRate eta, at least 0; by default {@link SarConfig#DEFAULT_LEARNING_RATE}, so that the two compare
 * @param momentum mu, at least 0 and less than 1
 * @param layers which norm layers adapt; by default all but the last floor(L/4), as SAR's
 * @param statistics where batch norm takes its means and variances from; by default the source. The authors' code takes
 *     those of the batch
 */
public record TentConfig(LearningRate learningRate, double momentum, LayerSelection layers, Statistics statistics) {

    /** As SAR's, so that the two compare. */
    public static final double DEFAULT_MOMENTUM = 0.9;

    public TentConfig {
        Range.NON_NEGATIVE.require("tent.learningRate", learningRate.value());
        Range.BELOW_ONE.require("tent.momentum", momentum);
    }

    /** The defaults. */
    public static TentConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return new Builder();
    }

    /** A builder that starts from another configuration. */
    public static Builder from(TentConfig base) {
        return new Builder(base);
    }

    /** Builds a {@link TentConfig}. Not thread-safe. */
    public static final class Builder {

        private LearningRate learningRate = SarConfig.DEFAULT_LEARNING_RATE;
        private double momentum = DEFAULT_MOMENTUM;
        private LayerSelection layers = LayerSelection.allButLast();
        private Statistics statistics = Statistics.SOURCE;

        private Builder() {}

        private Builder(TentConfig base) {
            learningRate = base.learningRate;
            momentum = base.momentum;
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

        /** See {@link TentConfig#momentum()}. */
        public Builder momentum(double momentum) {
            this.momentum = momentum;
            return this;
        }

        /** See {@link TentConfig#layers()}. */
        public Builder layers(LayerSelection layers) {
            this.layers = layers;
            return this;
        }

        /** {@code all} or globs on layer names, separated by commas. */
        public Builder layers(String layers) {
            return layers(LayerSelection.parse("tent.layers", layers));
        }

        /** See {@link TentConfig#statistics()}. */
        public Builder statistics(Statistics statistics) {
            this.statistics = statistics;
            return this;
        }

        /** {@code source}, {@code batch}, or the weight of the batch, in 0..1. */
        public Builder statistics(String statistics) {
            return statistics(Statistics.parse("tent.statistics", statistics));
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if a setting is out of its range; the message names it
         */
        public TentConfig build() {
            return new TentConfig(learningRate, momentum, layers, statistics);
        }
    }
}
