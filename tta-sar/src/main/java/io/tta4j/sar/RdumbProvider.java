package io.tta4j.sar;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import java.util.ArrayList;
import java.util.List;

/** Provides {@link Rdumb} under the name {@code rdumb}. */
public final class RdumbProvider implements MethodProvider {

    @Override
    public String name() {
        return Rdumb.NAME;
    }

    @Override
    public List<Setting> settings() {
        RdumbConfig defaults = RdumbConfig.ofDefaults();
        List<Setting> settings = new ArrayList<>();
        settings.add(new Setting(
                "period", Integer.toString(defaults.period()), "batches between resets, a whole number; 0 for never"));
        settings.addAll(EataProvider.settings(defaults.eata()));
        return List.copyOf(settings);
    }

    @Override
    public Method create(Settings settings) {
        RdumbConfig.Builder config = RdumbConfig.custom().eata(eata -> EataProvider.read(settings, eata));
        settings.number("period").ifPresent(value -> config.period(Range.wholeNumber("rdumb.period", value)));
        return Rdumb.of(config.build());
    }
}
