package io.tta4j.sar;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import io.tta4j.model.Statistics;
import io.tta4j.sar.objective.SoftmaxEntropy;
import java.util.List;

/** Provides {@link Sar} under the name {@code sar}. */
public final class SarProvider implements MethodProvider {

    @Override
    public String name() {
        return Sar.NAME;
    }

    @Override
    public List<Setting> settings() {
        return settings(SarConfig.ofDefaults());
    }

    @Override
    public Method create(Settings settings) {
        return Sar.of(read(settings, SarConfig.custom()).build());
    }

    /**
     * The settings of SAR and of the methods that share them.
     *
     * @param defaults the method's defaults
     */
    public static List<Setting> settings(SarConfig defaults) {
        return List.of(
                learningRate(defaults.learningRate()),
                objective(),
                momentum(defaults.momentum()),
                new Setting(
                        "rho",
                        Double.toString(defaults.rho()),
                        "radius of the sharpness-aware perturbation, " + Range.NON_NEGATIVE),
                new Setting(
                        "margin",
                        defaults.margin().toString(),
                        "entropy in nats below which a sample is reliable, " + Range.NON_NEGATIVE),
                new Setting(
                        "redundancy",
                        defaults.redundancy().toString(),
                        "cosine to the average prediction below which a sample is not redundant; above 1 none is, "
                                + Range.POSITIVE),
                new Setting(
                        "resetThreshold",
                        defaults.resetThreshold().toString(),
                        "average entropy in nats below which the model is reset, 0 for never, " + Range.NON_NEGATIVE),
                new Setting(
                        "sourceMomentum",
                        Double.toString(defaults.sourceMomentum()),
                        "how much of its way from the source theta keeps over 64 samples, " + Range.SHARE),
                layers(),
                new Setting(
                        "maxGradientNorm",
                        "off",
                        "largest norm of a reliable sample's own gradient, " + Range.POSITIVE),
                new Setting(
                        "gradientQuantile",
                        "off",
                        "largest quantile of its batch for the norm of a reliable sample's own gradient, "
                                + Range.QUANTILE),
                new Setting(
                        "maxSampleInfluence",
                        "off",
                        "a reliable sample's own gradient is clipped to so many times the median norm of its batch, "
                                + Range.POSITIVE),
                statistics(defaults.statistics()),
                new Setting("compat", "false", "brings back three quirks of SAR's official code, true or false"));
    }

    /** The configuration with those of SAR's settings that were given. */
    public static SarConfig.Builder read(Settings settings, SarConfig.Builder config) {
        settings.number("learningRate").ifPresent(config::learningRate);
        settings.text("objective").ifPresent(config::objective);
        settings.number("momentum").ifPresent(config::momentum);
        settings.number("rho").ifPresent(config::rho);
        settings.number("margin").ifPresent(config::margin);
        settings.number("redundancy").ifPresent(config::redundancy);
        settings.number("resetThreshold").ifPresent(config::resetThreshold);
        settings.number("sourceMomentum").ifPresent(config::sourceMomentum);
        settings.text("layers").ifPresent(config::layers);
        settings.number("maxGradientNorm").ifPresent(config::maxGradientNorm);
        settings.number("gradientQuantile").ifPresent(config::gradientQuantile);
        settings.number("maxSampleInfluence").ifPresent(config::maxSampleInfluence);
        settings.text("statistics").ifPresent(config::statistics);
        settings.flag("compat").ifPresent(config::compat);
        return config;
    }

    static Setting learningRate(LearningRate defaultRate) {
        return new Setting("learningRate", defaultRate.toString(), "step size, " + Range.NON_NEGATIVE);
    }

    static Setting objective() {
        return new Setting(
                "objective",
                SoftmaxEntropy.INSTANCE.toString(),
                "which entropy is minimised and judges samples: entropy, or come, the conservative one");
    }

    static Setting momentum(double defaultMomentum) {
        return new Setting(
                "momentum", Double.toString(defaultMomentum), "momentum of the gradient descent, " + Range.BELOW_ONE);
    }

    static Setting layers() {
        return new Setting(
                "layers",
                "all but the last floor(L/4)",
                "which norm layers adapt: 'all', or globs (* and ?) on layer names separated by commas");
    }

    static Setting statistics() {
        return statistics(Statistics.SOURCE);
    }

    static Setting statistics(Statistics defaultStatistics) {
        return new Setting(
                "statistics",
                defaultStatistics.toString(),
                "where batch norm takes its means and variances from: source, batch, a weight of the"
                        + " batch in 0..1, or a moving average over the stream: moving, moving(window in samples),"
                        + " or auto, where there is any");
    }
}
