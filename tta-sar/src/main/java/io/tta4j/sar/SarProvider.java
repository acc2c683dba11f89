package io.tta4j.sar;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import java.util.List;

/** Provides {@link Sar} under the name {@code sar}. */
public final class SarProvider implements MethodProvider {

    /** The layers setting, which SAR and Tent share. */
    static final Setting LAYERS = new Setting(
            "layers",
            "all but the last floor(L/4)",
            "which norm layers adapt: 'all', or globs (* and ?) on layer names separated by commas");

    /** The statistics setting, which SAR and Tent share. */
    static final Setting STATISTICS = new Setting(
            "statistics",
            "source",
            "where batch norm takes its means and variances from: source, batch, or a weight of the batch in 0..1");

    @Override
    public String name() {
        return Sar.NAME;
    }

    @Override
    public List<Setting> settings() {
        return List.of(
                new Setting("learningRate", "0.001 * batch / 64", "step size, " + Range.NON_NEGATIVE),
                new Setting("momentum", "0.9", "momentum of the gradient descent, " + Range.BELOW_ONE),
                new Setting("rho", "0.05", "radius of the sharpness-aware perturbation, " + Range.NON_NEGATIVE),
                new Setting(
                        "margin",
                        "0.4 ln C",
                        "entropy in nats below which a sample is reliable, " + Range.NON_NEGATIVE),
                new Setting(
                        "resetThreshold",
                        "0.2 ln C / ln 1000",
                        "average entropy in nats below which the model is reset, 0 for never, " + Range.NON_NEGATIVE),
                LAYERS,
                new Setting(
                        "maxGradientNorm",
                        "off",
                        "largest norm of a reliable sample's own gradient, " + Range.POSITIVE),
                new Setting(
                        "gradientQuantile",
                        "off",
                        "largest quantile of its batch for the norm of a reliable sample's own gradient, "
                                + Range.QUANTILE),
                STATISTICS,
                new Setting("compat", "false", "brings back three quirks of the authors' code, true or false"));
    }

    @Override
    public Method create(Settings settings) {
        SarConfig.Builder config = SarConfig.custom();
        settings.number("learningRate").ifPresent(config::learningRate);
        settings.number("momentum").ifPresent(config::momentum);
        settings.number("rho").ifPresent(config::rho);
        settings.number("margin").ifPresent(config::margin);
        settings.number("resetThreshold").ifPresent(config::resetThreshold);
        settings.text("layers").ifPresent(config::layers);
        settings.number("maxGradientNorm").ifPresent(config::maxGradientNorm);
        settings.number("gradientQuantile").ifPresent(config::gradientQuantile);
        settings.text("statistics").ifPresent(config::statistics);
        settings.flag("compat").ifPresent(config::compat);
        return Sar.of(config.build());
    }
}
