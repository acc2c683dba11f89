package io.tta4j.sar;

import io.tta4j.sar.objective.SoftLikelihoodRatio;
import java.util.function.Consumer;

/**
 * The settings of {@link Roid}: Tent's, and its own. Immutable; made by a builder:
 *
 * <pre>{@code
 * RoidConfig config = RoidConfig.custom().sourceMomentum(0.995).tent(tent -> tent.optimizer("adam")).build();
 * }</pre>
 *
 * <p>ROID is Marsden et al., WACV 2024. Defaults are those of the authors' code.
 *
 * @param tent the settings in common with Tent; messages call them {@code roid.learningRate} and so on. The objective
 *     is {@link SoftLikelihoodRatio} by default
 * @param weights whether samples are weighted, and left out, by diversity and certainty
 * @param temperature above 0: how much the weights differ, less the higher; by default a third
 * @param sourceMomentum m, in 0..1: how much of theta stays at each step, the rest is the source's; 1 keeps all; by
 *     default {@value #DEFAULT_SOURCE_MOMENTUM}
 * @param priorCorrection whether the answer takes the classes into account that the batch seems to have
 */
public record RoidConfig(
        TentConfig tent, boolean weights, double temperature, double sourceMomentum, boolean priorCorrection) {

    /** The authors' code. */
    public static final double DEFAULT_TEMPERATURE = 1.0 / 3;

    /** The authors' code. */
    public static final double DEFAULT_SOURCE_MOMENTUM = 0.99;

    public RoidConfig {
        Range.POSITIVE.require(tent.method() + ".temperature", temperature);
        Range.SHARE.require(tent.method() + ".sourceMomentum", sourceMomentum);
    }

    /** The defaults. */
    public static RoidConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return new Builder();
    }

    /** A builder that starts from another configuration. */
    public static Builder from(RoidConfig base) {
        return new Builder(base);
    }

    /** Builds a {@link RoidConfig}. Not thread-safe. */
    public static final class Builder {

        private final TentConfig.Builder tent;
        private boolean weights = true;
        private double temperature = DEFAULT_TEMPERATURE;
        private double sourceMomentum = DEFAULT_SOURCE_MOMENTUM;
        private boolean priorCorrection = true;

        private Builder() {
            tent = TentConfig.customFor(Roid.NAME).objective(SoftLikelihoodRatio.INSTANCE);
        }

        private Builder(RoidConfig base) {
            tent = TentConfig.from(base.tent);
            weights = base.weights;
            temperature = base.temperature;
            sourceMomentum = base.sourceMomentum;
            priorCorrection = base.priorCorrection;
        }

        /** Sets some of the settings in common with Tent; see {@link RoidConfig#tent()}. */
        public Builder tent(Consumer<TentConfig.Builder> settings) {
            settings.accept(tent);
            return this;
        }

        /** See {@link RoidConfig#weights()}. */
        public Builder weights(boolean weights) {
            this.weights = weights;
            return this;
        }

        /** See {@link RoidConfig#temperature()}. */
        public Builder temperature(double temperature) {
            this.temperature = temperature;
            return this;
        }

        /** See {@link RoidConfig#sourceMomentum()}. */
        public Builder sourceMomentum(double sourceMomentum) {
            this.sourceMomentum = sourceMomentum;
            return this;
        }

        /** See {@link RoidConfig#priorCorrection()}. */
        public Builder priorCorrection(boolean priorCorrection) {
            this.priorCorrection = priorCorrection;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if a setting is out of its range; the message names it
         */
        public RoidConfig build() {
            return new RoidConfig(tent.build(), weights, temperature, sourceMomentum, priorCorrection);
        }
    }
}
