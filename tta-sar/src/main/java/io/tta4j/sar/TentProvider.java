package io.tta4j.sar;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import java.util.List;

/** Provides {@link Tent} under the name {@code tent}. */
public final class TentProvider implements MethodProvider {

    @Override
    public String name() {
        return Tent.NAME;
    }

    @Override
    public List<Setting> settings() {
        TentConfig defaults = TentConfig.ofDefaults();
        return List.of(
                SarProvider.learningRate(defaults.learningRate()),
                SarProvider.momentum(defaults.momentum()),
                SarProvider.layers(),
                SarProvider.statistics());
    }

    @Override
    public Method create(Settings settings) {
        TentConfig.Builder config = TentConfig.custom();
        settings.number("learningRate").ifPresent(config::learningRate);
        settings.number("momentum").ifPresent(config::momentum);
        settings.text("layers").ifPresent(config::layers);
        settings.text("statistics").ifPresent(config::statistics);
        return Tent.of(config.build());
    }
}
