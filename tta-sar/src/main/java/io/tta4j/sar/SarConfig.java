package io.tta4j.sar;

import io.tta4j.model.Statistics;
import java.util.OptionalDouble;

/**
 * The settings of {@link Sar}. Immutable; made by a builder:
 *
 * <pre>{@code
 * SarConfig config = SarConfig.custom().learningRate(0.001).rho(0.05).build();
 * }</pre>
 *
 * <p>Where a setting is empty, its default depends on the model or the batch. SAR is Niu et al., ICLR 2023, arXiv
 * 2302.12400.
 *
 * @param learningRate eta, at least 0; by default {@value #DEFAULT_LEARNING_RATE} times rows /
 *     {@value #DEFAULT_LEARNING_RATE_ROWS}, where rows is the size of the adaptation batch
 * @param momentum mu, at least 0 and less than 1
 * @param rho radius of the sharpness-aware perturbation over the parameters that adapt, at least 0
 * @param margin E0 in nats, at least 0: a sample is reliable if its entropy is below; by default
 *     {@value #DEFAULT_MARGIN} ln C
 * @param resetThreshold e_m in nats, at least 0: theta goes back to the source where the loss average falls below; 0
 *     never resets; by default {@value #DEFAULT_RESET_THRESHOLD} ln C / ln 1000
 * @param layers which norm layers adapt; by default all but the last floor(L/4)
 * @param maxGradientNorm if set, greater than 0: a sample is reliable only if the norm of its own entropy gradient is
 *     at most this
 * @param gradientQuantile if set, in (0, 1]: a sample is reliable only if the norm of its own entropy gradient is at
 *     most this quantile of its batch
 * @param statistics where batch norm takes its means and variances from; by default the source. The authors' code takes
 *     those of the batch; gradient filters must be off then
 * @param compat whether to bring back three quirks of the authors' code: the momentum moves theta where no sample is
 *     reliable, a reset keeps the loss average, and a reset keeps the momentum
 */
public record SarConfig(
        OptionalDouble learningRate,
        double momentum,
        double rho,
        OptionalDouble margin,
        OptionalDouble resetThreshold,
        LayerSelection layers,
        OptionalDouble maxGradientNorm,
        OptionalDouble gradientQuantile,
        Statistics statistics,
        boolean compat) {

    /** The learning rate of a batch of {@value #DEFAULT_LEARNING_RATE_ROWS} (the authors' code for SAR, ViT-B). */
    public static final double DEFAULT_LEARNING_RATE = 0.001;

    /** The batch size that {@link #DEFAULT_LEARNING_RATE} is for. */
    public static final int DEFAULT_LEARNING_RATE_ROWS = 64;

    /** The authors' code for SAR. */
    public static final double DEFAULT_MOMENTUM = 0.9;

    /** The authors' code for SAR. */
    public static final double DEFAULT_RHO = 0.05;

    /** E0 as a share of ln C (the authors' code for SAR, after EATA). */
    public static final double DEFAULT_MARGIN = 0.4;

    /**
     * e_m for 1,000 classes (the authors' code for SAR). With C classes this is scaled by ln C / ln 1000, the ratio of
     * the largest entropies: unscaled, it would reset a healthy model of ten classes again and again.
     */
    public static final double DEFAULT_RESET_THRESHOLD = 0.2;

    public SarConfig {
        learningRate.ifPresent(value -> Range.NON_NEGATIVE.require("sar.learningRate", value));
        Range.BELOW_ONE.require("sar.momentum", momentum);
        Range.NON_NEGATIVE.require("sar.rho", rho);
        margin.ifPresent(value -> Range.NON_NEGATIVE.require("sar.margin", value));
        resetThreshold.ifPresent(value -> Range.NON_NEGATIVE.require("sar.resetThreshold", value));
        maxGradientNorm.ifPresent(value -> Range.POSITIVE.require("sar.maxGradientNorm", value));
        gradientQuantile.ifPresent(value -> Range.QUANTILE.require("sar.gradientQuantile", value));
        if (statistics.useBatch() && (maxGradientNorm.isPresent() || gradientQuantile.isPresent())) {
            throw new IllegalArgumentException(
                    "sar.maxGradientNorm and sar.gradientQuantile must be off where sar.statistics is '%s': a sample has no gradient of its own then"
                            .formatted(statistics));
        }
    }

    /** The defaults. */
    public static SarConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return new Builder();
    }

    /** A builder that starts from another configuration. */
    public static Builder from(SarConfig base) {
        return new Builder(base);
    }

    /** The learning rate for an adaptation batch. */
    double learningRate(int rows) {
        return learningRate.orElse(DEFAULT_LEARNING_RATE * rows / DEFAULT_LEARNING_RATE_ROWS);
    }

    /** The entropy margin for a number of classes, in nats. */
    double margin(int classes) {
        return margin.orElse(DEFAULT_MARGIN * Math.log(classes));
    }

    /** The reset threshold for a number of classes, in nats. */
    double resetThreshold(int classes) {
        return resetThreshold.orElse(DEFAULT_RESET_THRESHOLD * Math.log(classes) / Math.log(1000));
    }

    /** Builds a {@link SarConfig}. Not thread-safe. */
    public static final class Builder {

        private OptionalDouble learningRate = OptionalDouble.empty();
        private double momentum = DEFAULT_MOMENTUM;
        private double rho = DEFAULT_RHO;
        private OptionalDouble margin = OptionalDouble.empty();
        private OptionalDouble resetThreshold = OptionalDouble.empty();
        private LayerSelection layers = LayerSelection.allButLast();
        private OptionalDouble maxGradientNorm = OptionalDouble.empty();
        private OptionalDouble gradientQuantile = OptionalDouble.empty();
        private Statistics statistics = Statistics.SOURCE;
        private boolean compat;

        private Builder() {}

        private Builder(SarConfig base) {
            learningRate = base.learningRate;
            momentum = base.momentum;
            rho = base.rho;
            margin = base.margin;
            resetThreshold = base.resetThreshold;
            layers = base.layers;
            maxGradientNorm = base.maxGradientNorm;
            gradientQuantile = base.gradientQuantile;
            statistics = base.statistics;
            compat = base.compat;
        }

        /** See {@link SarConfig#learningRate()}. */
        public Builder learningRate(double learningRate) {
            this.learningRate = OptionalDouble.of(learningRate);
            return this;
        }

        /** See {@link SarConfig#momentum()}. */
        public Builder momentum(double momentum) {
            this.momentum = momentum;
            return this;
        }

        /** See {@link SarConfig#rho()}. */
        public Builder rho(double rho) {
            this.rho = rho;
            return this;
        }

        /** In nats; see {@link SarConfig#margin()}. */
        public Builder margin(double margin) {
            this.margin = OptionalDouble.of(margin);
            return this;
        }

        /** In nats; see {@link SarConfig#resetThreshold()}. */
        public Builder resetThreshold(double resetThreshold) {
            this.resetThreshold = OptionalDouble.of(resetThreshold);
            return this;
        }

        /** See {@link SarConfig#layers()}. */
        public Builder layers(LayerSelection layers) {
            this.layers = layers;
            return this;
        }

        /** {@code all} or globs on layer names, separated by commas. */
        public Builder layers(String layers) {
            return layers(LayerSelection.parse("sar.layers", layers));
        }

        /** See {@link SarConfig#maxGradientNorm()}. */
        public Builder maxGradientNorm(double maxGradientNorm) {
            this.maxGradientNorm = OptionalDouble.of(maxGradientNorm);
            return this;
        }

        /** See {@link SarConfig#gradientQuantile()}. */
        public Builder gradientQuantile(double gradientQuantile) {
            this.gradientQuantile = OptionalDouble.of(gradientQuantile);
            return this;
        }

        /** See {@link SarConfig#statistics()}. */
        public Builder statistics(Statistics statistics) {
            this.statistics = statistics;
            return this;
        }

        /** {@code source}, {@code batch}, or the weight of the batch, in 0..1. */
        public Builder statistics(String statistics) {
            return statistics(Statistics.parse("sar.statistics", statistics));
        }

        /** See {@link SarConfig#compat()}. */
        public Builder compat(boolean compat) {
            this.compat = compat;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if a setting is out of its range; the message names it
         */
        public SarConfig build() {
            return new SarConfig(
                    learningRate,
                    momentum,
                    rho,
                    margin,
                    resetThreshold,
                    layers,
                    maxGradientNorm,
                    gradientQuantile,
                    statistics,
                    compat);
        }
    }
}
