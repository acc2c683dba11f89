package io.tta4j.sar;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import java.util.ArrayList;
import java.util.List;

/** Provides {@link Deyo} under the name {@code deyo}. */
public final class DeyoProvider implements MethodProvider {

    @Override
    public String name() {
        return Deyo.NAME;
    }

    @Override
    public List<Setting> settings() {
        DeyoConfig defaults = DeyoConfig.ofDefaults();
        List<Setting> settings = new ArrayList<>(List.of(
                new Setting(
                        "margin",
                        defaults.margin().toString(),
                        "entropy in nats below which a sample may be reliable, " + Range.NON_NEGATIVE),
                new Setting(
                        "weightMargin",
                        defaults.weightMargin().toString(),
                        "entropy in nats that weights measure against, " + Range.NON_NEGATIVE),
                new Setting(
                        "drop",
                        Double.toString(defaults.drop()),
                        "how far a reliable sample's probability falls where patches are shuffled, less than 1; below -1"
                                + " any"),
                new Setting(
                        "patches",
                        Integer.toString(defaults.shuffle().patches()),
                        "patches along each side of an image, a whole number of at least 2"),
                new Setting("weights", "true", "whether surer samples that drop further count for more, true or false"),
                new Setting(
                        "seed", Long.toString(defaults.shuffle().seed()), "of the patches' order, a whole number")));
        settings.addAll(TentProvider.withObjective(TentProvider.settings(defaults.tent())));
        return List.copyOf(settings);
    }

    @Override
    public Method create(Settings settings) {
        DeyoConfig.Builder config = DeyoConfig.custom().tent(tent -> TentProvider.read(settings, tent));
        settings.number("margin").ifPresent(config::margin);
        settings.number("weightMargin").ifPresent(config::weightMargin);
        settings.number("drop").ifPresent(config::drop);
        settings.number("patches").ifPresent(value -> config.patches(Range.wholeNumber("deyo.patches", value)));
        settings.flag("weights").ifPresent(config::weights);
        settings.number("seed").ifPresent(value -> config.seed(Range.wholeNumber("deyo.seed", value)));
        return Deyo.of(config.build());
    }
}
