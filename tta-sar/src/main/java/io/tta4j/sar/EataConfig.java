package io.tta4j.sar;

import io.tta4j.sar.fisher.Fisher;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The settings of {@link Eata}: Tent's, and its own. Immutable; made by a builder:
 *
 * <pre>{@code
 * EataConfig config = EataConfig.custom().redundancy(0.05).tent(tent -> tent.learningRate(0.00025)).build();
 * }</pre>
 *
 * <p>EATA is Niu et al., ICML 2022, arXiv 2204.02610.
 *
 * @param tent the settings in common with Tent; messages call them {@code eata.learningRate} and so on
 * @param margin E0, at least 0: a sample is reliable if its entropy is below; by default 0.4 ln C
 * @param redundancy epsilon, greater than 0: a sample is redundant unless the cosine between its probabilities and the
 *     moving average of predictions is below; above 1 none is. By default 1.4 / sqrt(C)
 * @param weights whether surer samples count for more
 * @param fisher the Fisher information of the source, if there is one; without it this is ETA
 * @param fisherWeight beta, at least 0: how hard parameters are held that the source depends on; by default
 *     {@value #DEFAULT_FISHER_WEIGHT}
 */
public record EataConfig(
        TentConfig tent,
        EntropyBound margin,
        CosineBound redundancy,
        boolean weights,
        Optional<Fisher> fisher,
        double fisherWeight) {

    /** The authors' code for EATA: 0.4 ln C. */
    public static final EntropyBound DEFAULT_MARGIN = EntropyBound.shareOfLargest(0.4);

    /** The authors' code for EATA, on ImageNet-C; on CIFAR-10-C it has 1. */
    public static final double DEFAULT_FISHER_WEIGHT = 2000;

    /** 0.44 for ten classes and 0.044 for a thousand, where 0.4 and 0.05 were published. */
    public static final CosineBound DEFAULT_REDUNDANCY = CosineBound.ofShare(1.4);

    public EataConfig {
        Range.NON_NEGATIVE.require(tent.method() + ".margin", margin.value());
        Range.POSITIVE.require(tent.method() + ".redundancy", redundancy.value());
        Range.NON_NEGATIVE.require(tent.method() + ".fisherWeight", fisherWeight);
    }

    /** The defaults. */
    public static EataConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return customFor(Eata.NAME);
    }

    /**
     * A builder that starts from the defaults, for a method that has the settings of EATA.
     *
     * @param method the method's name, such as {@code rdumb}
     */
    public static Builder customFor(String method) {
        return new Builder(TentConfig.customFor(method));
    }

    /** A builder that starts from another configuration. */
    public static Builder from(EataConfig base) {
        return new Builder(base);
    }

    /** Builds an {@link EataConfig}. Not thread-safe. */
    public static final class Builder {

        private final TentConfig.Builder tent;
        private EntropyBound margin = DEFAULT_MARGIN;
        private CosineBound redundancy = DEFAULT_REDUNDANCY;
        private boolean weights = true;
        private Optional<Fisher> fisher = Optional.empty();
        private double fisherWeight = DEFAULT_FISHER_WEIGHT;

        private Builder(TentConfig.Builder tent) {
            this.tent = tent;
        }

        private Builder(EataConfig base) {
            tent = TentConfig.from(base.tent);
            margin = base.margin;
            redundancy = base.redundancy;
            weights = base.weights;
            fisher = base.fisher;
            fisherWeight = base.fisherWeight;
        }

        /** Sets some of the settings in common with Tent; see {@link EataConfig#tent()}. */
        public Builder tent(Consumer<TentConfig.Builder> settings) {
            settings.accept(tent);
            return this;
        }

        /** See {@link EataConfig#margin()}. */
        public Builder margin(EntropyBound margin) {
            this.margin = margin;
            return this;
        }

        /** In nats; see {@link EataConfig#margin()}. */
        public Builder margin(double margin) {
            return margin(EntropyBound.nats(margin));
        }

        /** See {@link EataConfig#redundancy()}. */
        public Builder redundancy(CosineBound redundancy) {
            this.redundancy = redundancy;
            return this;
        }

        /** As a cosine; see {@link EataConfig#redundancy()}. */
        public Builder redundancy(double redundancy) {
            return redundancy(CosineBound.of(redundancy));
        }

        /** See {@link EataConfig#weights()}. */
        public Builder weights(boolean weights) {
            this.weights = weights;
            return this;
        }

        /** See {@link EataConfig#fisher()}. */
        public Builder fisher(Fisher fisher) {
            this.fisher = Optional.of(fisher);
            return this;
        }

        /** See {@link EataConfig#fisherWeight()}. */
        public Builder fisherWeight(double fisherWeight) {
            this.fisherWeight = fisherWeight;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if a setting is out of its range; the message names it
         */
        public EataConfig build() {
            return new EataConfig(tent.build(), margin, redundancy, weights, fisher, fisherWeight);
        }
    }
}
