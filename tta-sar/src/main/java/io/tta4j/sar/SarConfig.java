package io.tta4j.sar;

import io.tta4j.model.Statistics;
import io.tta4j.sar.objective.Objective;
import io.tta4j.sar.objective.SoftmaxEntropy;
import java.util.OptionalDouble;

/**
 * The settings of {@link Sar}. Immutable; made by a builder:
 *
 * <pre>{@code
 * SarConfig config = SarConfig.custom().learningRate(0.001).rho(0.05).build();
 * }</pre>
 *
 * <p>Methods that differ from SAR in the minimizer alone have these settings too, under their own name: see
 * {@link #customFor}. SAR is Niu et al., ICLR 2023, arXiv 2302.12400.
 *
 * @param method the name that messages put in front of a setting's: {@code sar} in {@code sar.rho}
 * @param learningRate eta, at least 0; by default 0.001 times rows / 64, where rows is the size of the adaptation batch
 *     (the authors' code, ViT-B)
 * @param objective which entropy is minimised, and judges samples; by default that of the softmax
 * @param momentum mu, at least 0 and less than 1
 * @param rho radius of the sharpness-aware perturbation over the parameters that adapt, at least 0
 * @param margin E0, at least 0: a sample is reliable if its entropy is below; by default 0.4 ln C
 * @param redundancy epsilon, greater than 0: a reliable sample is redundant unless the cosine between its probabilities
 *     and the moving average of predictions is below (EATA, arXiv 2204.02610, equation 5); above 1 none is, as in the
 *     authors' code; by default 1.4 / sqrt(C): a class is left out that was predicted more than 1.4 times its share
 * @param resetThreshold e_m, at least 0: theta goes back to the source where the loss average falls below; 0 never
 *     resets; by default 0.2 ln C / ln 1000
 * @param sourceMomentum m, in 0..1: how much of its way from the source theta keeps over an adaptation batch of
 *     {@value #BATCH_ROWS} samples; 1 keeps all, as the authors' code; by default {@value #DEFAULT_SOURCE_MOMENTUM}
 * @param layers which norm layers adapt; by default all but the last floor(L/4)
 * @param maxGradientNorm if set, greater than 0: a sample is reliable only if the norm of its own entropy gradient is
 *     at most this
 * @param gradientQuantile if set, in (0, 1]: a sample is reliable only if the norm of its own entropy gradient is at
 *     most this quantile of its batch
 * @param maxSampleInfluence if set, greater than 0: the norm of a reliable sample's own gradient counts for at most so
 *     many times the median of its batch's
 * @param statistics where batch norm takes its means and variances from; by default a moving average over the stream
 *     where the model has any, {@link Statistics#AUTO}. The authors' code takes those of the batch; what needs
 *     gradients of single samples must be off then
 * @param compat whether to bring back three quirks of the authors' code: the momentum moves theta where no sample is
 *     reliable, a reset keeps the loss average, and a reset keeps the momentum
 */
public record SarConfig(
        String method,
        LearningRate learningRate,
        Objective objective,
        double momentum,
        double rho,
        EntropyBound margin,
        CosineBound redundancy,
        EntropyBound resetThreshold,
        double sourceMomentum,
        LayerSelection layers,
        OptionalDouble maxGradientNorm,
        OptionalDouble gradientQuantile,
        OptionalDouble maxSampleInfluence,
        Statistics statistics,
        boolean compat) {

    /** The authors' code for SAR, ViT-B: 0.001 for a batch of 64. */
    public static final LearningRate DEFAULT_LEARNING_RATE = LearningRate.proportional(0.001, 64);

    /** The authors' code for SAR. */
    public static final double DEFAULT_MOMENTUM = 0.9;

    /** The authors' code for SAR. */
    public static final double DEFAULT_RHO = 0.05;

    /** The authors' code for SAR, after EATA: 0.4 ln C. */
    public static final EntropyBound DEFAULT_MARGIN = EntropyBound.shareOfLargest(0.4);

    /** EATA's: keeps a class that is predicted too often from being so still more, see {@code docs/tuning.md}. */
    public static final CosineBound DEFAULT_REDUNDANCY = EataConfig.DEFAULT_REDUNDANCY;

    /**
     * 0.2 nats for 1,000 classes, as in the authors' code for SAR. Unscaled, it would reset a healthy model of ten
     * classes again and again.
     */
    public static final EntropyBound DEFAULT_RESET_THRESHOLD = EntropyBound.shareOfLargest(0.2 / Math.log(1000));

    /** Keeps streams that come back, or stay small, from ending below the source: {@code docs/tuning.md}. */
    public static final double DEFAULT_SOURCE_MOMENTUM = 0.97;

    /** What follows a shift without making samples of small or lopsided batches depend on each other. */
    public static final Statistics DEFAULT_STATISTICS = Statistics.AUTO;

    /** The adaptation batch that {@link #sourceMomentum()} and {@link #redundancy()}'s average are told for. */
    static final int BATCH_ROWS = 64;

    public SarConfig {
        Range.NON_NEGATIVE.require(method + ".learningRate", learningRate.value());
        Range.BELOW_ONE.require(method + ".momentum", momentum);
        Range.NON_NEGATIVE.require(method + ".rho", rho);
        Range.NON_NEGATIVE.require(method + ".margin", margin.value());
        Range.POSITIVE.require(method + ".redundancy", redundancy.value());
        Range.NON_NEGATIVE.require(method + ".resetThreshold", resetThreshold.value());
        Range.SHARE.require(method + ".sourceMomentum", sourceMomentum);
        maxGradientNorm.ifPresent(value -> Range.POSITIVE.require(method + ".maxGradientNorm", value));
        gradientQuantile.ifPresent(value -> Range.QUANTILE.require(method + ".gradientQuantile", value));
        maxSampleInfluence.ifPresent(value -> Range.POSITIVE.require(method + ".maxSampleInfluence", value));
        if (statistics.useBatch()
                && (maxGradientNorm.isPresent() || gradientQuantile.isPresent() || maxSampleInfluence.isPresent())) {
            throw new IllegalArgumentException(
                    "%1$s.maxGradientNorm, %1$s.gradientQuantile and %1$s.maxSampleInfluence must be off where %1$s.statistics is '%2$s': a sample has no gradient of its own then"
                            .formatted(method, statistics));
        }
    }

    /** The defaults. */
    public static SarConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return customFor(Sar.NAME);
    }

    /**
     * A builder that starts from the step as the authors published it: no sample is redundant, and theta is not drawn
     * to the source. Batch norm stays on the source's statistics; their code takes those of the batch,
     * {@code statistics("batch")}.
     */
    public static Builder published() {
        return custom().redundancy(CosineBound.NONE).sourceMomentum(1).statistics(Statistics.SOURCE);
    }

    /**
     * A builder that starts from the defaults, for a method that has SAR's settings.
     *
     * @param method the method's name, such as {@code rsgs}
     */
    public static Builder customFor(String method) {
        return new Builder(method);
    }

    /** A builder that starts from another configuration. */
    public static Builder from(SarConfig base) {
        return new Builder(base);
    }

    /** Builds a {@link SarConfig}. Not thread-safe. */
    public static final class Builder {

        private final String method;
        private LearningRate learningRate = DEFAULT_LEARNING_RATE;
        private Objective objective = SoftmaxEntropy.INSTANCE;
        private double momentum = DEFAULT_MOMENTUM;
        private double rho = DEFAULT_RHO;
        private EntropyBound margin = DEFAULT_MARGIN;
        private CosineBound redundancy = DEFAULT_REDUNDANCY;
        private EntropyBound resetThreshold = DEFAULT_RESET_THRESHOLD;
        private double sourceMomentum = DEFAULT_SOURCE_MOMENTUM;
        private LayerSelection layers = LayerSelection.allButLast();
        private OptionalDouble maxGradientNorm = OptionalDouble.empty();
        private OptionalDouble gradientQuantile = OptionalDouble.empty();
        private OptionalDouble maxSampleInfluence = OptionalDouble.empty();
        private Statistics statistics = DEFAULT_STATISTICS;
        private boolean compat;

        private Builder(String method) {
            this.method = method;
        }

        private Builder(SarConfig base) {
            method = base.method;
            learningRate = base.learningRate;
            objective = base.objective;
            momentum = base.momentum;
            rho = base.rho;
            margin = base.margin;
            redundancy = base.redundancy;
            resetThreshold = base.resetThreshold;
            sourceMomentum = base.sourceMomentum;
            layers = base.layers;
            maxGradientNorm = base.maxGradientNorm;
            gradientQuantile = base.gradientQuantile;
            maxSampleInfluence = base.maxSampleInfluence;
            statistics = base.statistics;
            compat = base.compat;
        }

        /** See {@link SarConfig#learningRate()}. */
        public Builder learningRate(LearningRate learningRate) {
            this.learningRate = learningRate;
            return this;
        }

        /** The same for every batch; see {@link SarConfig#learningRate()}. */
        public Builder learningRate(double learningRate) {
            return learningRate(LearningRate.fixed(learningRate));
        }

        /** See {@link SarConfig#objective()}. */
        public Builder objective(Objective objective) {
            this.objective = objective;
            return this;
        }

        /** {@code entropy} or {@code come}. */
        public Builder objective(String objective) {
            return objective(Objective.parse(method + ".objective", objective));
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

        /** See {@link SarConfig#margin()}. */
        public Builder margin(EntropyBound margin) {
            this.margin = margin;
            return this;
        }

        /** In nats; see {@link SarConfig#margin()}. */
        public Builder margin(double margin) {
            return margin(EntropyBound.nats(margin));
        }

        /** See {@link SarConfig#redundancy()}. */
        public Builder redundancy(CosineBound redundancy) {
            this.redundancy = redundancy;
            return this;
        }

        /** As a cosine; see {@link SarConfig#redundancy()}. */
        public Builder redundancy(double redundancy) {
            return redundancy(CosineBound.of(redundancy));
        }

        /** See {@link SarConfig#resetThreshold()}. */
        public Builder resetThreshold(EntropyBound resetThreshold) {
            this.resetThreshold = resetThreshold;
            return this;
        }

        /** In nats; see {@link SarConfig#resetThreshold()}. */
        public Builder resetThreshold(double resetThreshold) {
            return resetThreshold(EntropyBound.nats(resetThreshold));
        }

        /** See {@link SarConfig#sourceMomentum()}. */
        public Builder sourceMomentum(double sourceMomentum) {
            this.sourceMomentum = sourceMomentum;
            return this;
        }

        /** See {@link SarConfig#layers()}. */
        public Builder layers(LayerSelection layers) {
            this.layers = layers;
            return this;
        }

        /** {@code all} or globs on layer names, separated by commas. */
        public Builder layers(String layers) {
            return layers(LayerSelection.parse(method + ".layers", layers));
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

        /** See {@link SarConfig#maxSampleInfluence()}. */
        public Builder maxSampleInfluence(double maxSampleInfluence) {
            this.maxSampleInfluence = OptionalDouble.of(maxSampleInfluence);
            return this;
        }

        /** See {@link SarConfig#statistics()}. */
        public Builder statistics(Statistics statistics) {
            this.statistics = statistics;
            return this;
        }

        /** As {@link Statistics#parse} reads it, such as {@code source} or {@code batch}. */
        public Builder statistics(String statistics) {
            return statistics(Statistics.parse(method + ".statistics", statistics));
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
                    method,
                    learningRate,
                    objective,
                    momentum,
                    rho,
                    margin,
                    redundancy,
                    resetThreshold,
                    sourceMomentum,
                    layers,
                    maxGradientNorm,
                    gradientQuantile,
                    maxSampleInfluence,
                    statistics,
                    compat);
        }
    }
}
