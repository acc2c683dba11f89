package io.tta4j.csfa;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import io.tta4j.sar.Range;
import io.tta4j.sar.SarProvider;
import java.util.ArrayList;
import java.util.List;

/** Provides {@link Rsgs} under the name {@code rsgs}. */
public final class RsgsProvider implements MethodProvider {

    @Override
    public String name() {
        return Rsgs.NAME;
    }

    @Override
    public List<Setting> settings() {
        RsgsConfig defaults = RsgsConfig.ofDefaults();
        List<Setting> settings = new ArrayList<>();
        settings.add(new Setting(
                "alpha",
                Double.toString(defaults.alpha()),
                "weight of the surrogate gap, " + Range.NON_NEGATIVE + "; 0 is SAR"));
        settings.addAll(SarProvider.settings(defaults.sar()));
        return List.copyOf(settings);
    }

    @Override
    public Method create(Settings settings) {
        RsgsConfig.Builder config = RsgsConfig.custom().sar(sar -> SarProvider.read(settings, sar));
        settings.number("alpha").ifPresent(config::alpha);
        return Rsgs.of(config.build());
    }
}
