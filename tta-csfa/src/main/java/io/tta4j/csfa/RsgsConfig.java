package io.tta4j.csfa;

import io.tta4j.sar.EntropyBound;
import io.tta4j.sar.Range;
import io.tta4j.sar.SarConfig;
import java.util.function.Consumer;

/**
 * The settings of {@link Rsgs}: SAR's, and the weight of the surrogate gap. Immutable; made by a builder:
 *
 * <pre>{@code
 * RsgsConfig config = RsgsConfig.custom().alpha(0.5).sar(sar -> sar.rho(0.1)).build();
 * }</pre>
 *
 * <p>RSGS is Yu, Lu and Zhang, arXiv 2506.05736. Its abstract gives no constants: alpha, rho and the margin were chosen
 * by the sweep in {@code docs/tuning.md}.
 *
 * @param sar the settings that RSGS has in common with SAR; messages call them {@code rsgs.rho} and so on. Defaults are
 *     SAR's, but for rho, {@value #DEFAULT_RHO}, and the margin, 0.3 ln C
 * @param alpha the weight of the surrogate gap, at least 0; 0 is SAR; by default {@value #DEFAULT_ALPHA}
 */
public record RsgsConfig(SarConfig sar, double alpha) {

    /** Chosen by the sweep in {@code docs/tuning.md}, as are the next two. */
    public static final double DEFAULT_ALPHA = 1;

    /** Four times SAR's. */
    public static final double DEFAULT_RHO = 0.2;

    /** 0.3 ln C, where SAR has 0.4. */
    public static final EntropyBound DEFAULT_MARGIN = EntropyBound.shareOfLargest(0.3);

    public RsgsConfig {
        Range.NON_NEGATIVE.require(sar.method() + ".alpha", alpha);
    }

    /** The defaults. */
    public static RsgsConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return customFor(Rsgs.NAME);
    }

    /**
     * A builder that starts from the defaults, for a method that has the settings of RSGS.
     *
     * @param method the method's name, such as {@code csfa}
     */
    public static Builder customFor(String method) {
        SarConfig.Builder sar = SarConfig.customFor(method).rho(DEFAULT_RHO).margin(DEFAULT_MARGIN);
        return new Builder(sar, DEFAULT_ALPHA);
    }

    /** A builder that starts from another configuration. */
    public static Builder from(RsgsConfig base) {
        return new Builder(SarConfig.from(base.sar), base.alpha);
    }

    /** Builds a {@link RsgsConfig}. Not thread-safe. */
    public static final class Builder {

        private final SarConfig.Builder sar;
        private double alpha;

        private Builder(SarConfig.Builder sar, double alpha) {
            this.sar = sar;
            this.alpha = alpha;
        }

        /** Sets some of the settings in common with SAR; see {@link RsgsConfig#sar()}. */
        public Builder sar(Consumer<SarConfig.Builder> settings) {
            settings.accept(sar);
            return this;
        }

        /** See {@link RsgsConfig#alpha()}. */
        public Builder alpha(double alpha) {
            this.alpha = alpha;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if a setting is out of its range; the message names it
         */
        public RsgsConfig build() {
            return new RsgsConfig(sar.build(), alpha);
        }
    }
}
