package io.tta4j.csfa;

import io.tta4j.csfa.prototype.PrototypeFile;
import io.tta4j.csfa.prototype.SourcePrototypes;
import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import io.tta4j.sar.Range;
import io.tta4j.sar.SarProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Provides {@link Csfa} under the name {@code csfa}. */
public final class CsfaProvider implements MethodProvider {

    @Override
    public String name() {
        return Csfa.NAME;
    }

    @Override
    public List<Setting> settings() {
        CsfaConfig defaults = CsfaConfig.ofDefaults();
        List<Setting> settings = new ArrayList<>(List.of(
                new Setting("prototypes", "none: source-free", "a file that ./tta prototypes has made of source data"),
                new Setting("adaptation", "rsgs", "how theta moves: rsgs, sar or none"),
                new Setting(
                        "lambda",
                        text(defaults.calibration().lambda()),
                        "how far new classes' prototypes are drawn to the base classes', in 0..1"),
                new Setting(
                        "tau",
                        text(defaults.calibration().tau()),
                        "what a cosine counts for among base classes, " + Range.NON_NEGATIVE),
                new Setting(
                        "shrinkage",
                        text(defaults.shrinkage()),
                        "of the spread within classes that features are whitened by, in 0..1; 1 whitens nothing"),
                new Setting("centring", "stream", "which mean is taken off the stream's features: stream or source"),
                new Setting("supports", "source", "where the samples of new classes come from: source or stream"),
                new Setting(
                        "headWeight",
                        text(defaults.headWeight()),
                        "what the classifier counts for among base classes, " + Range.NON_NEGATIVE),
                new Setting(
                        "newClassMargin",
                        text(defaults.newClassMargin()),
                        "what a new class's cosine must be above the base classes', " + Range.NON_NEGATIVE),
                new Setting(
                        "followRate",
                        text(defaults.followRate()),
                        "how far a sample draws its class's prototype, " + Range.BELOW_ONE),
                new Setting(
                        "followMargin",
                        text(defaults.followMargin()),
                        "how far its score must be above the second for that, " + Range.NON_NEGATIVE),
                new Setting(
                        "followGuard",
                        text(defaults.followGuard()),
                        "least cosine between a prototype and where it was registered, in 0..1"),
                new Setting(
                        "unknownDeviations",
                        text(defaults.unknownDeviations()),
                        "standard deviations above the mean at which a sample is flagged, " + Range.NON_NEGATIVE),
                new Setting(
                        "maxClasses",
                        Integer.toString(defaults.maxClasses()),
                        "how many classes may be registered, at least 1"),
                new Setting(
                        "supportMegabytes",
                        Integer.toString(defaults.supportMegabytes()),
                        "how much of the supports' inputs is kept to embed them again, 0 for nothing"),
                new Setting(
                        "keptUnknowns",
                        Integer.toString(defaults.keptUnknowns()),
                        "how many flagged samples are kept to be looked at"),
                new Setting("alpha", text(defaults.step().alpha()), "as rsgs.alpha")));
        settings.addAll(SarProvider.settings(defaults.step().sar()));
        return List.copyOf(settings);
    }

    private static String text(double value) {
        return Double.toString(value);
    }

    @Override
    public Method create(Settings settings) {
        CsfaConfig.Builder config = CsfaConfig.custom().sar(sar -> SarProvider.read(settings, sar));
        settings.number("alpha").ifPresent(alpha -> config.rsgs(rsgs -> rsgs.alpha(alpha)));
        settings.text("prototypes").map(CsfaProvider::read).ifPresent(config::prototypes);
        choice(settings, "adaptation", CsfaConfig.Adaptation.values()).ifPresent(config::adaptation);
        choice(settings, "centring", CsfaConfig.Centring.values()).ifPresent(config::centring);
        choice(settings, "supports", CsfaConfig.Supports.values()).ifPresent(config::supports);
        settings.number("lambda").ifPresent(config::lambda);
        settings.number("tau").ifPresent(config::tau);
        settings.number("shrinkage").ifPresent(config::shrinkage);
        settings.number("headWeight").ifPresent(config::headWeight);
        settings.number("newClassMargin").ifPresent(config::newClassMargin);
        settings.number("followRate").ifPresent(config::followRate);
        settings.number("followMargin").ifPresent(config::followMargin);
        settings.number("followGuard").ifPresent(config::followGuard);
        settings.number("unknownDeviations").ifPresent(config::unknownDeviations);
        whole(settings, "maxClasses", config::maxClasses);
        whole(settings, "supportMegabytes", config::supportMegabytes);
        whole(settings, "keptUnknowns", config::keptUnknowns);
        return Csfa.of(config.build());
    }

    private static void whole(Settings settings, String name, IntConsumer setter) {
        settings.number(name).ifPresent(value -> {
            if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("csfa.%s must be a whole number, but was %s".formatted(name, value));
            }
            setter.accept((int) value);
        });
    }

    private static <E extends Enum<E>> Optional<E> choice(Settings settings, String name, E[] values) {
        return settings.text(name)
                .map(text -> Arrays.stream(values)
                        .filter(value -> word(value).equals(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("csfa.%s must be one of %s, but was '%s'"
                                .formatted(
                                        name,
                                        Arrays.stream(values)
                                                .map(CsfaProvider::word)
                                                .toList(),
                                        text))));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static SourcePrototypes read(String file) {
        try {
            return PrototypeFile.read(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException("csfa.prototypes must be a readable file, but was '%s'".formatted(file), e);
        }
    }
}
