package io.tta4j.csfa;

import io.tta4j.csfa.prototype.Calibration;
import io.tta4j.csfa.prototype.SourcePrototypes;
import io.tta4j.sar.Range;
import io.tta4j.sar.SarConfig;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The settings of {@link Csfa}. Immutable; made by a builder:
 *
 * <pre>{@code
 * CsfaConfig config = CsfaConfig.custom().prototypes(PrototypeFile.read(file)).lambda(0.3).build();
 * }</pre>
 *
 * <p>CSFA is Yu, Lu and Zhang, arXiv 2506.05736, which gives no constants; the defaults were chosen on held-out
 * corruptions ({@code docs/tuning.md}).
 *
 * @param adaptation which way theta moves
 * @param step the settings of that step; messages call them {@code csfa.rho} and so on
 * @param prototypes what is known of the source's classes; empty for source-free
 * @param calibration of new classes
 * @param shrinkage in 0..1, see {@link SourcePrototypes#space}; 1 whitens nothing
 * @param centring which mean is subtracted from the stream's features
 * @param supports where the labelled samples of new classes come from, and with it which mean is subtracted from theirs
 * @param headWeight at least 0: what the classifier counts for in the choice among base classes, beside the prototypes;
 *     0 leaves that to the prototypes alone
 * @param newClassMargin by how much a new class's cosine must be above the base classes'; more keeps base accuracy at
 *     the cost of the new classes
 * @param followRate at least 0 and less than 1: how far a sample draws its class's prototype towards itself
 * @param followMargin how far the best score of a sample must be above the second for the prototype to follow it
 * @param followGuard in 0..1, a cosine: no prototype is drawn further than this from where it was registered
 * @param unknownDeviations a sample is flagged where its unknown score is so many standard deviations above the
 *     stream's mean
 * @param maxClasses how many classes may be registered, at least 1
 * @param supportMegabytes how much of the supports' inputs is kept, to embed them again when theta has moved; 0 for
 *     nothing, and prototypes stay where they are registered
 * @param keptUnknowns how many flagged samples are kept for an operator to look at
 */
public record CsfaConfig(
        Adaptation adaptation,
        RsgsConfig step,
        Optional<SourcePrototypes> prototypes,
        Calibration calibration,
        double shrinkage,
        Centring centring,
        Supports supports,
        double headWeight,
        double newClassMargin,
        double followRate,
        double followMargin,
        double followGuard,
        double unknownDeviations,
        int maxClasses,
        int supportMegabytes,
        int keptUnknowns) {

    /** Which way theta moves. */
    public enum Adaptation {
        /** By a step of {@link Rsgs}. */
        RSGS,
        /** By a step of {@link io.tta4j.sar.Sar}. */
        SAR,
        /** It stays the source's: nothing but prototypes learn. */
        NONE
    }

    /** Which mean is subtracted from the stream's features. */
    public enum Centring {
        /** The running mean of the stream: what a drift adds to all samples does not count. */
        STREAM,
        /** The source's. */
        SOURCE
    }

    /** Where the labelled samples of new classes come from. */
    public enum Supports {
        /** From data as the source was, such as an archive of clean images. */
        SOURCE,
        /** From the stream, as it is when they are registered. */
        STREAM
    }

    public CsfaConfig {
        requireShare("lambda", calibration.lambda());
        Range.NON_NEGATIVE.require("csfa.tau", calibration.tau());
        requireShare("shrinkage", shrinkage);
        Range.NON_NEGATIVE.require("csfa.headWeight", headWeight);
        Range.NON_NEGATIVE.require("csfa.newClassMargin", newClassMargin);
        Range.BELOW_ONE.require("csfa.followRate", followRate);
        Range.NON_NEGATIVE.require("csfa.followMargin", followMargin);
        requireShare("followGuard", followGuard);
        Range.NON_NEGATIVE.require("csfa.unknownDeviations", unknownDeviations);
        requireAtLeast("maxClasses", 1, maxClasses);
        requireAtLeast("supportMegabytes", 0, supportMegabytes);
        requireAtLeast("keptUnknowns", 0, keptUnknowns);
    }

    private static void requireShare(String setting, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("csfa.%s must be in 0..1, but was %s".formatted(setting, value));
        }
    }

    private static void requireAtLeast(String setting, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "csfa.%s must be at least %d, but was %d".formatted(setting, least, value));
        }
    }

    /** The defaults. */
    public static CsfaConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return new Builder();
    }

    /** A builder that starts from another configuration. */
    public static Builder from(CsfaConfig base) {
        Builder builder = new Builder();
        builder.adaptation = base.adaptation;
        builder.step = RsgsConfig.from(base.step);
        builder.prototypes = base.prototypes;
        builder.lambda = base.calibration.lambda();
        builder.tau = base.calibration.tau();
        builder.shrinkage = base.shrinkage;
        builder.centring = base.centring;
        builder.supports = base.supports;
        builder.headWeight = base.headWeight;
        builder.newClassMargin = base.newClassMargin;
        builder.followRate = base.followRate;
        builder.followMargin = base.followMargin;
        builder.followGuard = base.followGuard;
        builder.unknownDeviations = base.unknownDeviations;
        builder.maxClasses = base.maxClasses;
        builder.supportMegabytes = base.supportMegabytes;
        builder.keptUnknowns = base.keptUnknowns;
        return builder;
    }

    /** Builds a {@link CsfaConfig}. Not thread-safe. */
    public static final class Builder {

        private Adaptation adaptation = Adaptation.RSGS;
        private RsgsConfig.Builder step = RsgsConfig.customFor(Csfa.NAME);
        private Optional<SourcePrototypes> prototypes = Optional.empty();
        private double lambda = 0.4;
        private double tau = 16;
        private double shrinkage = 0.5;
        private Centring centring = Centring.STREAM;
        private Supports supports = Supports.SOURCE;
        private double headWeight = 1;
        private double newClassMargin;
        private double followRate = 0.002;
        private double followMargin = 0.2;
        private double followGuard = 0.8;
        private double unknownDeviations = 1.65;
        private int maxClasses = 10_000;
        private int supportMegabytes = 64;
        private int keptUnknowns = 64;

        private Builder() {}

        /** See {@link CsfaConfig#adaptation()}; {@link Adaptation#RSGS} by default. */
        public Builder adaptation(Adaptation adaptation) {
            this.adaptation = adaptation;
            return this;
        }

        /** Sets some of the settings of RSGS's step. */
        public Builder rsgs(Consumer<RsgsConfig.Builder> settings) {
            settings.accept(step);
            return this;
        }

        /** Sets some of the settings that the step has in common with SAR's. */
        public Builder sar(Consumer<SarConfig.Builder> settings) {
            step.sar(settings);
            return this;
        }

        /** See {@link CsfaConfig#prototypes()}; none by default. */
        public Builder prototypes(SourcePrototypes prototypes) {
            this.prototypes = Optional.of(prototypes);
            return this;
        }

        /** See {@link Calibration#lambda()}; 0.4 by default. */
        public Builder lambda(double lambda) {
            this.lambda = lambda;
            return this;
        }

        /** See {@link Calibration#tau()}; 16 by default. */
        public Builder tau(double tau) {
            this.tau = tau;
            return this;
        }

        /** See {@link CsfaConfig#shrinkage()}; 0.5 by default. */
        public Builder shrinkage(double shrinkage) {
            this.shrinkage = shrinkage;
            return this;
        }

        /** See {@link CsfaConfig#centring()}; {@link Centring#STREAM} by default. */
        public Builder centring(Centring centring) {
            this.centring = centring;
            return this;
        }

        /** See {@link CsfaConfig#supports()}; {@link Supports#SOURCE} by default. */
        public Builder supports(Supports supports) {
            this.supports = supports;
            return this;
        }

        /** See {@link CsfaConfig#headWeight()}; 1 by default. */
        public Builder headWeight(double headWeight) {
            this.headWeight = headWeight;
            return this;
        }

        /** See {@link CsfaConfig#newClassMargin()}; 0 by default. */
        public Builder newClassMargin(double newClassMargin) {
            this.newClassMargin = newClassMargin;
            return this;
        }

        /** See {@link CsfaConfig#followRate()}; 0.002 by default. */
        public Builder followRate(double followRate) {
            this.followRate = followRate;
            return this;
        }

        /** See {@link CsfaConfig#followMargin()}; 0.2 by default. */
        public Builder followMargin(double followMargin) {
            this.followMargin = followMargin;
            return this;
        }

        /** See {@link CsfaConfig#followGuard()}; 0.8 by default. */
        public Builder followGuard(double followGuard) {
            this.followGuard = followGuard;
            return this;
        }

        /** See {@link CsfaConfig#unknownDeviations()}; 1.65 by default. */
        public Builder unknownDeviations(double unknownDeviations) {
            this.unknownDeviations = unknownDeviations;
            return this;
        }

        /** See {@link CsfaConfig#maxClasses()}; 10,000 by default. */
        public Builder maxClasses(int maxClasses) {
            this.maxClasses = maxClasses;
            return this;
        }

        /** See {@link CsfaConfig#supportMegabytes()}; 64 by default. */
        public Builder supportMegabytes(int supportMegabytes) {
            this.supportMegabytes = supportMegabytes;
            return this;
        }

        /** See {@link CsfaConfig#keptUnknowns()}; 64 by default. */
        public Builder keptUnknowns(int keptUnknowns) {
            this.keptUnknowns = keptUnknowns;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if a setting is out of its range; the message names it
         */
        public CsfaConfig build() {
            return new CsfaConfig(
                    adaptation,
                    step.build(),
                    prototypes,
                    new Calibration(lambda, tau),
                    shrinkage,
                    centring,
                    supports,
                    headWeight,
                    newClassMargin,
                    followRate,
                    followMargin,
                    followGuard,
                    unknownDeviations,
                    maxClasses,
                    supportMegabytes,
                    keptUnknowns);
        }
    }
}
