package io.tta4j.sar;

import java.util.function.Consumer;

/**
 * The settings of {@link Rdumb}: EATA's, and the period. Immutable; made by a builder:
 *
 * <pre>{@code
 * RdumbConfig config = RdumbConfig.custom().period(500).eata(eata -> eata.margin(1.2)).build();
 * }</pre>
 *
 * <p>RDumb is Press et al., NeurIPS 2023.
 *
 * @param eata the settings in common with EATA; messages call them {@code rdumb.margin} and so on
 * @param period after how many batches the model is reset, at least 0; 0 never resets; by default
 *     {@value #DEFAULT_PERIOD}
 */
public record RdumbConfig(EataConfig eata, int period) {

    /** The authors' code. */
    public static final int DEFAULT_PERIOD = 1000;

    public RdumbConfig {
        Range.NON_NEGATIVE.require(eata.tent().method() + ".period", period);
    }

    /** The defaults. */
    public static RdumbConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return new Builder(EataConfig.customFor(Rdumb.NAME), DEFAULT_PERIOD);
    }

    /** A builder that starts from another configuration. */
    public static Builder from(RdumbConfig base) {
        return new Builder(EataConfig.from(base.eata), base.period);
    }

    /** Builds an {@link RdumbConfig}. Not thread-safe. */
    public static final class Builder {

        private final EataConfig.Builder eata;
        private int period;

        private Builder(EataConfig.Builder eata, int period) {
            this.eata = eata;
            this.period = period;
        }

        /** Sets some of the settings in common with EATA; see {@link RdumbConfig#eata()}. */
        public Builder eata(Consumer<EataConfig.Builder> settings) {
            settings.accept(eata);
            return this;
        }

        /** See {@link RdumbConfig#period()}. */
        public Builder period(int period) {
            this.period = period;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if a setting is out of its range; the message names it
         */
        public RdumbConfig build() {
            return new RdumbConfig(eata.build(), period);
        }
    }
}
