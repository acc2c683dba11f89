package io.tta4j.sar;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import io.tta4j.sar.fisher.Fisher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Provides {@link Eata} under the name {@code eata}. */
public final class EataProvider implements MethodProvider {

    @Override
    public String name() {
        return Eata.NAME;
    }

    @Override
    public List<Setting> settings() {
        EataConfig defaults = EataConfig.ofDefaults();
        List<Setting> settings = new ArrayList<>(settings(defaults));
        settings.add(new Setting(
                "fisher", "none, which is ETA", "the file that ./tta fisher made of the model and source images"));
        settings.add(new Setting(
                "fisherWeight",
                Double.toString(defaults.fisherWeight()),
                "how hard parameters are held that matter to the source, " + Range.NON_NEGATIVE));
        return List.copyOf(settings);
    }

    @Override
    public Method create(Settings settings) {
        EataConfig.Builder config = read(settings, EataConfig.custom());
        settings.text("fisher").map(EataProvider::fisher).ifPresent(config::fisher);
        settings.number("fisherWeight").ifPresent(config::fisherWeight);
        return Eata.of(config.build());
    }

    private static Fisher fisher(String file) {
        try {
            return Fisher.read(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException("eata.fisher must be a readable file, but was '%s'".formatted(file), e);
        }
    }

    /** The settings of EATA and of the methods that share them, without those of the Fisher information. */
    static List<Setting> settings(EataConfig defaults) {
        List<Setting> settings = new ArrayList<>(List.of(
                new Setting(
                        "margin",
                        defaults.margin().toString(),
                        "entropy in nats below which a sample is reliable, " + Range.NON_NEGATIVE),
                new Setting(
                        "redundancy",
                        defaults.redundancy().toString(),
                        "cosine to the average prediction below which a sample is not redundant; above 1 none is, "
                                + Range.POSITIVE),
                new Setting("weights", "true", "whether surer samples count for more, true or false")));
        settings.addAll(TentProvider.withObjective(TentProvider.settings(defaults.tent())));
        return List.copyOf(settings);
    }

    /** The configuration with those of these settings that were given. */
    static EataConfig.Builder read(Settings settings, EataConfig.Builder config) {
        settings.number("margin").ifPresent(config::margin);
        settings.number("redundancy").ifPresent(config::redundancy);
        settings.flag("weights").ifPresent(config::weights);
        return config.tent(tent -> TentProvider.read(settings, tent));
    }
}
