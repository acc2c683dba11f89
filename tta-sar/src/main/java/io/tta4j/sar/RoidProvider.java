package io.tta4j.sar;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import java.util.ArrayList;
import java.util.List;

/** Provides {@link Roid} under the name {@code roid}. */
public final class RoidProvider implements MethodProvider {

    @Override
    public String name() {
        return Roid.NAME;
    }

    @Override
    public List<Setting> settings() {
        RoidConfig defaults = RoidConfig.ofDefaults();
        List<Setting> settings = new ArrayList<>(List.of(
                new Setting("weights", "true", "whether diverse and sure samples count for more, true or false"),
                new Setting(
                        "temperature", "1/3", "of these weights: the higher the less they differ, " + Range.POSITIVE),
                new Setting(
                        "sourceMomentum",
                        Double.toString(defaults.sourceMomentum()),
                        "how much of theta stays at each step, the rest is the source's, " + Range.SHARE),
                new Setting(
                        "priorCorrection",
                        "true",
                        "whether answers count on the classes that their batch seems to have, true or false")));
        settings.addAll(TentProvider.settings(defaults.tent()));
        return List.copyOf(settings);
    }

    @Override
    public Method create(Settings settings) {
        RoidConfig.Builder config = RoidConfig.custom().tent(tent -> TentProvider.read(settings, tent));
        settings.flag("weights").ifPresent(config::weights);
        settings.number("temperature").ifPresent(config::temperature);
        settings.number("sourceMomentum").ifPresent(config::sourceMomentum);
        settings.flag("priorCorrection").ifPresent(config::priorCorrection);
        return Roid.of(config.build());
    }
}
