package io.tta4j.sar;

import io.tta4j.sar.patch.PatchShuffle;
import java.util.function.Consumer;

/**
 * The settings of {@link Deyo}: Tent's, and its own. Immutable; made by a builder:
 *
 * <pre>{@code
 * DeyoConfig config = DeyoConfig.custom().drop(0.3).tent(tent -> tent.learningRate(0.00025)).build();
 * }</pre>
 *
 * <p>DeYO is Lee et al., ICLR 2024. Defaults are those of the authors' code in the wild settings.
 *
 * @param tent the settings in common with Tent; messages call them {@code deyo.learningRate} and so on
 * @param margin tau, at least 0: a sample may be reliable if its entropy is below; by default 0.5 ln C
 * @param weightMargin E0, at least 0: what weights measure an entropy against; by default 0.4 ln C
 * @param drop less than 1: a sample is reliable if the probability of its class falls by more where patches are
 *     shuffled; below -1 every sample is; by default {@value #DEFAULT_DROP}. The authors have 0.3 for mild streams
 * @param shuffle how the input is destroyed; by default into {@value #DEFAULT_PATCHES} x {@value #DEFAULT_PATCHES}
 *     patches
 * @param weights whether surer samples, and those whose prediction drops further, count for more
 */
public record DeyoConfig(
        TentConfig tent,
        EntropyBound margin,
        EntropyBound weightMargin,
        double drop,
        PatchShuffle shuffle,
        boolean weights) {

    /** The authors' code. */
    public static final EntropyBound DEFAULT_MARGIN = EntropyBound.shareOfLargest(0.5);

    /** The authors' code. */
    public static final EntropyBound DEFAULT_WEIGHT_MARGIN = EntropyBound.shareOfLargest(0.4);

    /** The authors' code, in the wild settings. */
    public static final double DEFAULT_DROP = 0.2;

    /** The authors' code. */
    public static final int DEFAULT_PATCHES = 4;

    public DeyoConfig {
        Range.NON_NEGATIVE.require(tent.method() + ".margin", margin.value());
        Range.NON_NEGATIVE.require(tent.method() + ".weightMargin", weightMargin.value());
        boolean inRange = drop < 1;
        if (!inRange) {
            throw new IllegalArgumentException(
                    "%s.drop must be less than 1, but was %s".formatted(tent.method(), drop));
        }
        if (shuffle.patches() < 2) {
            throw new IllegalArgumentException(
                    "%s.patches must be at least 2, but was %d".formatted(tent.method(), shuffle.patches()));
        }
    }

    /** The defaults. */
    public static DeyoConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return new Builder();
    }

    /** A builder that starts from another configuration. */
    public static Builder from(DeyoConfig base) {
        return new Builder(base);
    }

    /** Builds a {@link DeyoConfig}. Not thread-safe. */
    public static final class Builder {

        private final TentConfig.Builder tent;
        private EntropyBound margin = DEFAULT_MARGIN;
        private EntropyBound weightMargin = DEFAULT_WEIGHT_MARGIN;
        private double drop = DEFAULT_DROP;
        private int patches = DEFAULT_PATCHES;
        private long seed;
        private boolean weights = true;

        private Builder() {
            tent = TentConfig.customFor(Deyo.NAME);
        }

        private Builder(DeyoConfig base) {
            tent = TentConfig.from(base.tent);
            margin = base.margin;
            weightMargin = base.weightMargin;
            drop = base.drop;
            patches = base.shuffle.patches();
            seed = base.shuffle.seed();
            weights = base.weights;
        }

        /** Sets some of the settings in common with Tent; see {@link DeyoConfig#tent()}. */
        public Builder tent(Consumer<TentConfig.Builder> settings) {
            settings.accept(tent);
            return this;
        }

        /** See {@link DeyoConfig#margin()}. */
        public Builder margin(EntropyBound margin) {
            this.margin = margin;
            return this;
        }

        /** In nats; see {@link DeyoConfig#margin()}. */
        public Builder margin(double margin) {
            return margin(EntropyBound.nats(margin));
        }

        /** See {@link DeyoConfig#weightMargin()}. */
        public Builder weightMargin(EntropyBound weightMargin) {
            this.weightMargin = weightMargin;
            return this;
        }

        /** In nats; see {@link DeyoConfig#weightMargin()}. */
        public Builder weightMargin(double weightMargin) {
            return weightMargin(EntropyBound.nats(weightMargin));
        }

        /** See {@link DeyoConfig#drop()}. */
        public Builder drop(double drop) {
            this.drop = drop;
            return this;
        }

        /** How many patches along each side; see {@link DeyoConfig#shuffle()}. */
        public Builder patches(int patches) {
            this.patches = patches;
            return this;
        }

        /** Of the order of the patches; see {@link DeyoConfig#shuffle()}. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** See {@link DeyoConfig#weights()}. */
        public Builder weights(boolean weights) {
            this.weights = weights;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if a setting is out of its range; the message names it
         */
        public DeyoConfig build() {
            return new DeyoConfig(tent.build(), margin, weightMargin, drop, new PatchShuffle(patches, seed), weights);
        }
    }
}
