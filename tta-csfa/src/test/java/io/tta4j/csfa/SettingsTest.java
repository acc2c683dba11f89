package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.csfa.prototype.PrototypeFile;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Methods;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import io.tta4j.model.Statistics;
import io.tta4j.sar.EntropyBound;
import io.tta4j.sar.SarConfig;
import io.tta4j.sar.SarProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings as users write them, down to the configuration. */
class SettingsTest {

    private static Rsgs rsgs(Map<String, String> values) {
        MethodProvider provider = Methods.named("rsgs");
        return (Rsgs) provider.create(Settings.of(provider, values));
    }

    @Test
    void theProviderIsFoundByNameAndHasSarsSettingsBesideItsOwn() {
        assertThat(Methods.available()).containsKeys("rsgs", "sar", "tent", "source");
        assertThat(Methods.named("rsgs").settings().get(0).name()).isEqualTo("alpha");
        assertThat(Methods.named("rsgs").settings().stream().skip(1).map(Setting::name))
                .containsExactlyElementsOf(
                        new SarProvider().settings().stream().map(Setting::name).toList());
    }

    @Test
    void nothingSetMeansTheDefaults() {
        assertThat(rsgs(Map.of()).config()).isEqualTo(RsgsConfig.ofDefaults());
        assertThat(rsgs(Map.of()).name()).isEqualTo("rsgs");
        assertThat(rsgs(Map.of()).statistics()).isEqualTo(Statistics.AUTO);
    }

    /** What {@code docs/tuning.md} chose; ln 10 = 2.302585. */
    @Test
    void theDefaultsAreSarsButForThreeThatWereTuned() {
        RsgsConfig config = RsgsConfig.ofDefaults();

        assertThat(config.alpha()).isEqualTo(1);
        assertThat(config.sar())
                .isEqualTo(SarConfig.customFor("rsgs")
                        .rho(0.2)
                        .margin(EntropyBound.shareOfLargest(0.3))
                        .build());
        assertThat(config.sar().margin().nats(10)).isCloseTo(0.690776, within(1e-6));
        assertThat(Methods.named("rsgs").settings().stream().limit(6).map(Setting::defaultValue))
                .containsExactly("1.0", "0.001 * batch / 64", "entropy", "0.9", "0.2", "0.3 ln C");
    }

    @Test
    void everySettingIsRead() {
        RsgsConfig config = rsgs(Map.ofEntries(
                        Map.entry("alpha", "0.75"),
                        Map.entry("learningRate", "0.01"),
                        Map.entry("objective", "come"),
                        Map.entry("momentum", "0"),
                        Map.entry("rho", "0.1"),
                        Map.entry("margin", "1.5"),
                        Map.entry("resetThreshold", "0"),
                        Map.entry("sourceMomentum", "0.97"),
                        Map.entry("layers", "layer1.*"),
                        Map.entry("maxGradientNorm", "2"),
                        Map.entry("gradientQuantile", "0.75"),
                        Map.entry("compat", "true")))
                .config();

        assertThat(config)
                .isEqualTo(RsgsConfig.custom()
                        .alpha(0.75)
                        .sar(sar -> sar.learningRate(0.01)
                                .objective("come")
                                .momentum(0)
                                .rho(0.1)
                                .margin(1.5)
                                .resetThreshold(0)
                                .sourceMomentum(0.97)
                                .layers("layer1.*")
                                .maxGradientNorm(2)
                                .gradientQuantile(0.75)
                                .compat(true))
                        .build());
        assertThat(RsgsConfig.from(config).build()).isEqualTo(config);
        assertThat(RsgsConfig.from(config).sar(sar -> sar.rho(0.2)).build())
                .isEqualTo(RsgsConfig.from(config)
                        .alpha(0.75)
                        .sar(sar -> sar.rho(0.2))
                        .build())
                .isNotEqualTo(config);
        assertThat(rsgs(Map.of("statistics", "batch")).statistics()).isEqualTo(Statistics.BATCH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alpha | -0.1 | at least 0 and finite",
                "alpha | NaN | at least 0 and finite",
                "alpha | Infinity | at least 0 and finite",
                "learningRate | -0.1 | at least 0 and finite",
                "momentum | 1.0 | at least 0 and less than 1",
                "rho | Infinity | at least 0 and finite",
                "margin | NaN | at least 0 and finite",
                "resetThreshold | -1.0 | at least 0 and finite",
                "maxGradientNorm | 0.0 | greater than 0 and finite",
                "gradientQuantile | 1.5 | greater than 0 and at most 1",
            })
    void aSettingOutOfRangeIsRefusedByName(String name, String value, String range) {
        assertThatThrownBy(() -> rsgs(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rsgs.%s must be %s, but was %s", name, range, value);
    }

    @ParameterizedTest
    @CsvSource({
        "alpha, much, must be a number",
        "statistics, train, 'must be auto, source, batch, a weight'",
        "compat, yes, must be true or false",
        "layers, '', must be 'all'"
    })
    void aSettingThatCannotBeReadIsRefusedByName(String name, String value, String problem) {
        assertThatThrownBy(() -> rsgs(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rsgs." + name + " " + problem);
    }

    @Test
    void aSettingThatDoesNotExistIsRefusedWithThoseThatDo() {
        MethodProvider provider = Methods.named("rsgs");

        assertThatThrownBy(() -> Settings.of(provider, Map.of("beta", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rsgs.alpha")
                .hasMessageContaining("but was 'rsgs.beta'");
    }

    @Test
    void gradientFiltersAndStatisticsOfTheBatchExcludeEachOther() {
        assertThatThrownBy(() -> rsgs(Map.of("gradientQuantile", "0.5", "statistics", "batch")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "rsgs.maxGradientNorm, rsgs.gradientQuantile and rsgs.maxSampleInfluence must be off")
                .hasMessageContaining("where rsgs.statistics is 'batch'");
    }

    private static CsfaConfig csfa(Map<String, String> values) {
        MethodProvider provider = Methods.named("csfa");
        return ((Csfa) provider.create(Settings.of(provider, values))).config();
    }

    @Test
    void csfaReadsItsOwnSettingsAndThoseOfItsStep(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("p.safetensors");
        PrototypeFile.write(Clouds.prototypes(), file);

        CsfaConfig config = csfa(Map.ofEntries(
                Map.entry("prototypes", file.toString()),
                Map.entry("adaptation", "sar"),
                Map.entry("centring", "source"),
                Map.entry("supports", "stream"),
                Map.entry("lambda", "0.125"),
                Map.entry("tau", "7"),
                Map.entry("shrinkage", "0.25"),
                Map.entry("headWeight", "3"),
                Map.entry("newClassMargin", "0.0625"),
                Map.entry("followRate", "0.03125"),
                Map.entry("followMargin", "0.375"),
                Map.entry("followGuard", "0.625"),
                Map.entry("unknownDeviations", "2.5"),
                Map.entry("maxClasses", "12"),
                Map.entry("supportMegabytes", "3"),
                Map.entry("keptUnknowns", "5"),
                Map.entry("alpha", "0.75"),
                Map.entry("rho", "0.1")));

        assertThat(config)
                .isEqualTo(CsfaConfig.custom()
                        .prototypes(Clouds.prototypes())
                        .adaptation(CsfaConfig.Adaptation.SAR)
                        .centring(CsfaConfig.Centring.SOURCE)
                        .supports(CsfaConfig.Supports.STREAM)
                        .lambda(0.125)
                        .tau(7)
                        .shrinkage(0.25)
                        .headWeight(3)
                        .newClassMargin(0.0625)
                        .followRate(0.03125)
                        .followMargin(0.375)
                        .followGuard(0.625)
                        .unknownDeviations(2.5)
                        .maxClasses(12)
                        .supportMegabytes(3)
                        .keptUnknowns(5)
                        .rsgs(rsgs -> rsgs.alpha(0.75).sar(sar -> sar.rho(0.1)))
                        .build());
        assertThat(CsfaConfig.from(config).build()).isEqualTo(config);
        assertThat(csfa(Map.of())).isEqualTo(CsfaConfig.ofDefaults());
        assertThat(csfa(Map.of()).prototypes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lambda | 1.5 | in 0..1, but was 1.5",
                "lambda | NaN | in 0..1, but was NaN",
                "tau | -1.0 | at least 0 and finite, but was -1.0",
                "shrinkage | -0.1 | in 0..1, but was -0.1",
                "headWeight | Infinity | at least 0 and finite, but was Infinity",
                "newClassMargin | -0.1 | at least 0 and finite, but was -0.1",
                "followRate | 1.0 | at least 0 and less than 1, but was 1.0",
                "followMargin | NaN | at least 0 and finite, but was NaN",
                "followGuard | 2.0 | in 0..1, but was 2.0",
                "unknownDeviations | -1.0 | at least 0 and finite, but was -1.0",
                "maxClasses | 0 | at least 1, but was 0",
                "maxClasses | 1.5 | a whole number, but was 1.5",
                "maxClasses | 1e10 | a whole number, but was 1.0E10",
                "supportMegabytes | -1 | at least 0, but was -1",
                "keptUnknowns | NaN | a whole number, but was NaN",
                "alpha | -1.0 | at least 0 and finite, but was -1.0",
                "rho | NaN | at least 0 and finite, but was NaN",
                "adaptation | tent | one of [rsgs, sar, none], but was 'tent'",
                "centring | batch | one of [stream, source], but was 'batch'",
                "supports | none | one of [source, stream], but was 'none'"
            })
    void csfasAreRefusedByNameToo(String name, String value, String problem) {
        assertThatThrownBy(() -> csfa(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("csfa.%s must be %s", name, problem);
    }

    @Test
    void prototypesThatCannotBeReadAreRefusedByName(@TempDir Path folder) {
        String missing = folder.resolve("none").toString();

        assertThatThrownBy(() -> csfa(Map.of("prototypes", missing)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("csfa.prototypes must be a readable file, but was '" + missing + "'");
    }
}
