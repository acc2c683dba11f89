package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Methods;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.sar.fisher.Fisher;
import io.tta4j.sar.minimizer.Optimizer;
import io.tta4j.sar.objective.ConservativeEntropy;
import io.tta4j.sar.objective.SoftLikelihoodRatio;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of the methods beside SAR and Tent, as users write them. */
class PeerSettingsTest {

    @TempDir
    private Path folder;

    private static Method create(String method, Map<String, String> values) {
        MethodProvider provider = Methods.named(method);
        return provider.create(Settings.of(provider, values));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bn", "come", "deyo", "eata", "rdumb", "roid"})
    void nothingSetMeansTheDefaults(String name) {
        Method method = create(name, Map.of());

        assertThat(method.name()).isEqualTo(name);
        assertThat(method.statistics()).isEqualTo(name.equals("bn") ? Statistics.BATCH : Statistics.SOURCE);
        assertThat(Methods.named(name).settings()).extracting(Setting::name).doesNotHaveDuplicates();
    }

    /** The authors' codes; ln 10 = 2.302585. */
    @Test
    void theDefaultsAreThePublishedOnes() {
        EataConfig eata = EataConfig.ofDefaults();
        assertThat(eata.margin().nats(10)).isCloseTo(0.921034, within(1e-6));
        assertThat(eata.redundancy().cosine(10)).isCloseTo(0.4427, within(1e-4));
        assertThat(eata.redundancy().cosine(1000)).isCloseTo(0.0443, within(1e-4));
        assertThat(eata.weights()).isTrue();
        assertThat(eata.fisher()).isEmpty();
        assertThat(eata.fisherWeight()).isEqualTo(2000);
        assertThat(RdumbConfig.ofDefaults().period()).isEqualTo(1000);
        DeyoConfig deyo = DeyoConfig.ofDefaults();
        assertThat(deyo.margin().nats(1000)).isCloseTo(0.5 * 6.907755, within(1e-6));
        assertThat(deyo.weightMargin().nats(1000)).isCloseTo(0.4 * 6.907755, within(1e-6));
        assertThat(deyo.drop()).isEqualTo(0.2);
        assertThat(deyo.shuffle().patches()).isEqualTo(4);
        RoidConfig roid = RoidConfig.ofDefaults();
        assertThat(roid.tent().objective()).isEqualTo(SoftLikelihoodRatio.INSTANCE);
        assertThat(roid.temperature()).isCloseTo(0.333333, within(1e-6));
        assertThat(roid.sourceMomentum()).isEqualTo(0.99);
        assertThat(roid.weights()).isTrue();
        assertThat(roid.priorCorrection()).isTrue();
        assertThat(Come.ofDefaults().config().objective()).isEqualTo(ConservativeEntropy.INSTANCE);
        for (TentConfig tent : new TentConfig[] {
            eata.tent(), deyo.tent(), roid.tent(), Come.ofDefaults().config()
        }) {
            assertThat(tent.learningRate().of(16)).isEqualTo(0.00025);
            assertThat(tent.momentum()).isEqualTo(0.9);
            assertThat(tent.optimizer()).isEqualTo(Optimizer.Rule.SGD);
            assertThat(tent.layers()).isEqualTo(LayerSelection.allButLast());
        }
    }

    @Test
    void everySettingIsRead() throws IOException {
        Fisher fisher = new Fisher(Map.of("norm.weight", Vector.of(1, 2)));
        Path file = folder.resolve("f.safetensors");
        try (OutputStream out = Files.newOutputStream(file)) {
            fisher.write(out);
        }

        EataConfig eata = ((Eata) create(
                        "eata",
                        Map.of(
                                "margin", "1.5",
                                "redundancy", "0.05",
                                "weights", "false",
                                "fisher", file.toString(),
                                "fisherWeight", "3",
                                "learningRate", "0.5",
                                "optimizer", "adam",
                                "momentum", "0.25",
                                "objective", "come")))
                .config();
        assertThat(eata)
                .isEqualTo(EataConfig.custom()
                        .margin(1.5)
                        .redundancy(0.05)
                        .weights(false)
                        .fisher(fisher)
                        .fisherWeight(3)
                        .tent(tent -> tent.learningRate(0.5)
                                .optimizer(Optimizer.Rule.ADAM)
                                .momentum(0.25)
                                .objective(ConservativeEntropy.INSTANCE))
                        .build());
        assertThat(EataConfig.from(eata).build()).isEqualTo(eata);

        RdumbConfig rdumb =
                ((Rdumb) create("rdumb", Map.of("period", "7", "margin", "1", "statistics", "batch"))).config();
        assertThat(rdumb.period()).isEqualTo(7);
        assertThat(rdumb.eata().margin().nats(10)).isEqualTo(1);
        assertThat(rdumb.eata().tent().method()).isEqualTo("rdumb");
        assertThat(Rdumb.of(rdumb).statistics()).isEqualTo(Statistics.BATCH);
        assertThat(RdumbConfig.from(rdumb).build()).isEqualTo(rdumb);

        DeyoConfig deyo = ((Deyo) create(
                        "deyo",
                        Map.of(
                                "margin", "1.25",
                                "weightMargin", "0.75",
                                "drop", "-Infinity",
                                "patches", "8",
                                "weights", "false",
                                "seed", "3",
                                "momentum", "0")))
                .config();
        assertThat(deyo)
                .isEqualTo(DeyoConfig.custom()
                        .margin(1.25)
                        .weightMargin(0.75)
                        .drop(Double.NEGATIVE_INFINITY)
                        .patches(8)
                        .weights(false)
                        .seed(3)
                        .tent(tent -> tent.momentum(0))
                        .build());
        assertThat(DeyoConfig.from(deyo).build()).isEqualTo(deyo);

        RoidConfig roid = ((Roid) create(
                        "roid",
                        Map.of(
                                "weights", "false",
                                "temperature", "0.5",
                                "sourceMomentum", "1",
                                "priorCorrection", "false",
                                "optimizer", "adam")))
                .config();
        assertThat(roid)
                .isEqualTo(RoidConfig.custom()
                        .weights(false)
                        .temperature(0.5)
                        .sourceMomentum(1)
                        .priorCorrection(false)
                        .tent(tent -> tent.optimizer(Optimizer.Rule.ADAM))
                        .build());
        assertThat(RoidConfig.from(roid).build()).isEqualTo(roid);

        assertThat(create("bn", Map.of("statistics", "0.25")).statistics()).isEqualTo(new Statistics(0.25));
        assertThat(((Come) create("come", Map.of("optimizer", "adam"))).config())
                .isEqualTo(Come.custom().optimizer(Optimizer.Rule.ADAM).build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "eata | margin | -1.0 | must be at least 0 and finite, but was -1.0",
                "eata | redundancy | 0.0 | must be greater than 0 and finite, but was 0.0",
                "eata | redundancy | NaN | must be greater than 0 and finite, but was NaN",
                "eata | fisherWeight | -2.0 | must be at least 0 and finite, but was -2.0",
                "eata | fisher | nowhere | must be a readable file, but was 'nowhere'",
                "eata | objective | slr | must be entropy or come, but was 'slr'",
                "eata | optimizer | lion | must be sgd or adam, but was 'lion'",
                "eata | learningRate | -1.0 | must be at least 0 and finite, but was -1.0",
                "rdumb | period | -1 | must be at least 0 and finite, but was -1.0",
                "rdumb | period | 1.5 | must be a whole number, but was 1.5",
                "rdumb | period | NaN | must be a whole number, but was NaN",
                "rdumb | momentum | 1.0 | must be at least 0 and less than 1, but was 1.0",
                "deyo | drop | 1.0 | must be less than 1, but was 1.0",
                "deyo | drop | NaN | must be less than 1, but was NaN",
                "deyo | patches | 1 | must be at least 2, but was 1",
                "deyo | patches | 2.5 | must be a whole number, but was 2.5",
                "deyo | margin | NaN | must be at least 0 and finite, but was NaN",
                "deyo | weightMargin | -1.0 | must be at least 0 and finite, but was -1.0",
                "deyo | weights | yes | must be true or false, but was 'yes'",
                "roid | temperature | 0.0 | must be greater than 0 and finite, but was 0.0",
                "roid | sourceMomentum | 1.5 | must be at least 0 and at most 1, but was 1.5",
                "roid | sourceMomentum | NaN | must be at least 0 and at most 1, but was NaN",
                "bn | statistics | train | must be auto, source, batch, a weight",
                "come | momentum | 1.0 | must be at least 0 and less than 1, but was 1.0",
            })
    void aSettingThatCannotBeIsRefusedByName(String method, String name, String value, String problem) {
        assertThatThrownBy(() -> create(method, Map.of(name, value)))
                .isInstanceOfAny(IllegalArgumentException.class, UncheckedIOException.class)
                .hasMessageContaining(method + "." + name + " " + problem);
    }

    @ParameterizedTest
    @CsvSource({"come, objective", "roid, objective", "rdumb, fisher", "bn, learningRate"})
    void aSettingThatAMethodDoesNotHaveIsRefused(String method, String name) {
        assertThatThrownBy(() -> create(method, Map.of(name, "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("but was '" + method + "." + name + "'");
    }
}
