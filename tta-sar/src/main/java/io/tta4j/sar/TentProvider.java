package io.tta4j.sar;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import java.util.ArrayList;
import java.util.List;

/** Provides {@link Tent} under the name {@code tent}. */
public final class TentProvider implements MethodProvider {

    @Override
    public String name() {
        return Tent.NAME;
    }

    @Override
    public List<Setting> settings() {
        return withObjective(settings(TentConfig.ofDefaults()));
    }

    @Override
    public Method create(Settings settings) {
        return Tent.of(read(settings, TentConfig.custom()).build());
    }

    /**
     * The settings of Tent and of the methods that share them, but for the objective, which some fix.
     *
     * @param defaults the method's defaults
     */
    static List<Setting> settings(TentConfig defaults) {
        return List.of(
                SarProvider.learningRate(defaults.learningRate()),
                new Setting("optimizer", defaults.optimizer().toString(), "what steps along the gradient: sgd or adam"),
                SarProvider.momentum(defaults.momentum()),
                SarProvider.layers(),
                SarProvider.statistics());
    }

    static List<Setting> withObjective(List<Setting> settings) {
        List<Setting> all = new ArrayList<>(settings);
        all.add(SarProvider.objective());
        return List.copyOf(all);
    }

    /** The configuration with those of Tent's settings that were given. */
    static TentConfig.Builder read(Settings settings, TentConfig.Builder config) {
        settings.number("learningRate").ifPresent(config::learningRate);
        settings.text("optimizer").ifPresent(config::optimizer);
        settings.number("momentum").ifPresent(config::momentum);
        settings.text("objective").ifPresent(config::objective);
        settings.text("layers").ifPresent(config::layers);
        settings.text("statistics").ifPresent(config::statistics);
        return config;
    }
}
