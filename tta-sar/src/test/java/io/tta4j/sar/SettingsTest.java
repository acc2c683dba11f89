package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.method.MethodProvider;
import io.tta4j.method.Methods;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import io.tta4j.model.Statistics;
import io.tta4j.sar.objective.ConservativeEntropy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings as users write them, down to the configurations. */
class SettingsTest {

    private static Sar sar(Map<String, String> values) {
        MethodProvider provider = Methods.named("sar");
        return (Sar) provider.create(Settings.of(provider, values));
    }

    private static Tent tent(Map<String, String> values) {
        MethodProvider provider = Methods.named("tent");
        return (Tent) provider.create(Settings.of(provider, values));
    }

    @Test
    void providersAreFoundByName() {
        assertThat(Methods.available())
                .containsOnlyKeys("bn", "come", "deyo", "eata", "rdumb", "roid", "sar", "source", "tent");
        assertThat(Methods.named("sar").settings())
                .extracting(Setting::name)
                .containsExactly(
                        "learningRate",
                        "objective",
                        "momentum",
                        "rho",
                        "margin",
                        "redundancy",
                        "resetThreshold",
                        "sourceMomentum",
                        "layers",
                        "maxGradientNorm",
                        "gradientQuantile",
                        "maxSampleInfluence",
                        "statistics",
                        "compat");
        assertThat(Methods.named("tent").settings())
                .extracting(Setting::name)
                .containsExactly("learningRate", "optimizer", "momentum", "layers", "statistics", "objective");
    }

    @Test
    void theHelpShowsTheDefaults() {
        assertThat(Methods.named("sar").settings())
                .extracting(Setting::defaultValue)
                .containsExactly(
                        "0.001 * batch / 64",
                        "entropy",
                        "0.9",
                        "0.05",
                        "0.4 ln C",
                        "1.4 / sqrt(C)",
                        "0.029 ln C",
                        "0.97",
                        "all but the last floor(L/4)",
                        "off",
                        "off",
                        "off",
                        "auto",
                        "false");
        assertThat(LearningRate.fixed(0.25)).hasToString("0.25");
        assertThat(EntropyBound.nats(1.25)).hasToString("1.25");
        assertThat(CosineBound.of(0.4)).hasToString("0.4");
    }

    @Test
    void aLearningRateIsForAtLeastOneRow() {
        assertThatThrownBy(() -> LearningRate.proportional(0.001, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the rows that a learning rate is for must be at least 1, but were 0");
    }

    @Test
    void nothingSetMeansTheDefaults() {
        assertThat(sar(Map.of()).config()).isEqualTo(SarConfig.ofDefaults());
        assertThat(sar(Map.of()).name()).isEqualTo("sar");
        assertThat(tent(Map.of()).config()).isEqualTo(TentConfig.ofDefaults());
        assertThat(tent(Map.of()).name()).isEqualTo("tent");
    }

    /** ln 10 = 2.302585; 0.4 of it 0.921034; 0.2 ln 10 / ln 1000 = 0.2 / 3. */
    @Test
    void defaultsScaleWithClassesAndRows() {
        SarConfig config = SarConfig.ofDefaults();

        assertThat(config.momentum()).isEqualTo(0.9);
        assertThat(config.rho()).isEqualTo(0.05);
        assertThat(config.sourceMomentum()).isEqualTo(0.97);
        assertThat(config.layers()).isEqualTo(LayerSelection.allButLast());
        assertThat(config.compat()).isFalse();
        assertThat(config.maxGradientNorm()).isEmpty();
        assertThat(config.gradientQuantile()).isEmpty();
        assertThat(config.learningRate().of(64)).isEqualTo(0.001);
        assertThat(config.learningRate().of(16)).isEqualTo(0.00025);
        assertThat(config.margin().nats(10)).isCloseTo(0.921034, within(1e-6));
        assertThat(config.margin().nats(1000)).isCloseTo(2.763102, within(1e-6));
        assertThat(config.redundancy().cosine(16)).isEqualTo(0.35);
        assertThat(config.resetThreshold().nats(10)).isCloseTo(0.2 / 3, within(1e-12));
        assertThat(config.resetThreshold().nats(1000)).isCloseTo(0.2, within(1e-12));
        assertThat(TentConfig.ofDefaults().learningRate().of(16)).isEqualTo(0.00025);
    }

    /** Niu et al.'s step leaves theta where it went, and knows no redundant samples. */
    @Test
    void whatWasPublishedDoesNotDrawThetaToTheSource() {
        assertThat(SarConfig.published().build())
                .isEqualTo(SarConfig.custom()
                        .redundancy(2)
                        .sourceMomentum(1)
                        .statistics(Statistics.SOURCE)
                        .build());
    }

    @Test
    void everySettingIsRead() {
        SarConfig config = sar(Map.ofEntries(
                        Map.entry("learningRate", "0.01"),
                        Map.entry("objective", "come"),
                        Map.entry("momentum", "0"),
                        Map.entry("rho", "0.1"),
                        Map.entry("redundancy", "0.5"),
                        Map.entry("margin", "1.5"),
                        Map.entry("resetThreshold", "0"),
                        Map.entry("sourceMomentum", "0.97"),
                        Map.entry("layers", "layer1.*"),
                        Map.entry("maxGradientNorm", "2"),
                        Map.entry("gradientQuantile", "0.75"),
                        Map.entry("maxSampleInfluence", "3"),
                        Map.entry("compat", "true")))
                .config();

        assertThat(config)
                .isEqualTo(SarConfig.custom()
                        .learningRate(0.01)
                        .objective(ConservativeEntropy.INSTANCE)
                        .momentum(0)
                        .rho(0.1)
                        .redundancy(0.5)
                        .margin(1.5)
                        .resetThreshold(0)
                        .sourceMomentum(0.97)
                        .layers("layer1.*")
                        .maxGradientNorm(2)
                        .gradientQuantile(0.75)
                        .maxSampleInfluence(3)
                        .compat(true)
                        .build());
        assertThat(config.learningRate().of(7)).isEqualTo(0.01);
        assertThat(config.margin().nats(10)).isEqualTo(1.5);
        assertThat(config.resetThreshold().nats(10)).isEqualTo(0);
        assertThat(SarConfig.from(config).build()).isEqualTo(config);
        assertThat(SarConfig.from(config).rho(0.2).build().rho()).isEqualTo(0.2);

        assertThat(sar(Map.of("statistics", "batch")).statistics()).isEqualTo(Statistics.BATCH);
        assertThat(sar(Map.of()).statistics()).isEqualTo(Statistics.AUTO);
        // To gradients, moving statistics are constants: a sample has its own.
        assertThat(sar(Map.of("statistics", "moving(50)", "gradientQuantile", "0.5"))
                        .statistics())
                .isEqualTo(Statistics.moving(50));

        TentConfig other = tent(Map.of("learningRate", "0.5", "momentum", "0.25", "layers", "all", "statistics", "0.3"))
                .config();
        assertThat(other)
                .isEqualTo(TentConfig.custom()
                        .learningRate(0.5)
                        .momentum(0.25)
                        .layers(LayerSelection.all())
                        .statistics(new Statistics(0.3))
                        .build());
        assertThat(TentConfig.from(other).build()).isEqualTo(other);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "learningRate | -0.1 | at least 0 and finite",
                "learningRate | NaN | at least 0 and finite",
                "learningRate | Infinity | at least 0 and finite",
                "momentum | -0.1 | at least 0 and less than 1",
                "momentum | 1.0 | at least 0 and less than 1",
                "momentum | NaN | at least 0 and less than 1",
                "rho | -1.0 | at least 0 and finite",
                "rho | Infinity | at least 0 and finite",
                "rho | NaN | at least 0 and finite",
                "margin | -1.0 | at least 0 and finite",
                "margin | NaN | at least 0 and finite",
                "redundancy | 0.0 | greater than 0 and finite",
                "redundancy | NaN | greater than 0 and finite",
                "resetThreshold | -1.0 | at least 0 and finite",
                "resetThreshold | -Infinity | at least 0 and finite",
                "maxGradientNorm | 0.0 | greater than 0 and finite",
                "maxGradientNorm | Infinity | greater than 0 and finite",
                "gradientQuantile | 0.0 | greater than 0 and at most 1",
                "gradientQuantile | 1.5 | greater than 0 and at most 1",
                "gradientQuantile | NaN | greater than 0 and at most 1",
                "maxSampleInfluence | 0.0 | greater than 0 and finite",
            })
    void aSarSettingOutOfRangeIsRefusedByName(String name, String value, String range) {
        assertThatThrownBy(() -> sar(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sar.%s must be %s, but was %s", name, range, value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "learningRate | -0.1 | at least 0 and finite",
                "learningRate | NaN | at least 0 and finite",
                "momentum | 1.0 | at least 0 and less than 1",
            })
    void aTentSettingOutOfRangeIsRefusedByName(String name, String value, String range) {
        assertThatThrownBy(() -> tent(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tent.%s must be %s, but was %s", name, range, value);
    }

    @ParameterizedTest
    @CsvSource({
        "statistics, train, 'must be auto, source, batch, a weight'",
        "statistics, 1.5, 'must be auto, source, batch, a weight'",
        "rho, much, must be a number",
        "compat, yes, must be true or false",
        "layers, '', must be 'all'"
    })
    void aSettingThatCannotBeReadIsRefusedByName(String name, String value, String problem) {
        assertThatThrownBy(() -> sar(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sar." + name + " " + problem);
    }

    @ParameterizedTest
    @CsvSource({"maxGradientNorm, batch", "gradientQuantile, 0.5", "maxSampleInfluence, batch"})
    void gradientsOfSamplesAndStatisticsOfTheBatchExcludeEachOther(String filter, String statistics) {
        assertThatThrownBy(() -> sar(Map.of(filter, "0.5", "statistics", statistics)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sar." + filter)
                .hasMessageContaining("must be off where sar.statistics is '" + statistics + "'");
    }
}
