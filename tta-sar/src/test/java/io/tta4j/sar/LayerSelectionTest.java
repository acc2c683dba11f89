package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.model.AffineLayout;
import io.tta4j.model.NormKind;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerSelectionTest {

    private static final List<String> NAMES =
            List.of("norm1", "layer1.0.norm1", "layer1.0.norm2", "layer2.0.norm1", "layer10.0.norm1", "a[1]+b");

    private static final AffineLayout LAYOUT = layout(NAMES);

    /** Layers of two scales and two shifts each. */
    private static AffineLayout layout(List<String> names) {
        return new AffineLayout(
                IntStream.range(0, names.size())
                        .mapToObj(i -> new NormLayer(names.get(i), NormKind.GROUP, 2, 4 * i, OptionalInt.of(4 * i + 2)))
                        .toList(),
                4 * names.size());
    }

    private static List<String> names(LayerSelection selection) {
        return LAYOUT.layers().stream()
                .filter(selection.of(LAYOUT)::contains)
                .map(NormLayer::name)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "all | norm1 layer1.0.norm1 layer1.0.norm2 layer2.0.norm1 layer10.0.norm1 a[1]+b",
                "* | norm1 layer1.0.norm1 layer1.0.norm2 layer2.0.norm1 layer10.0.norm1 a[1]+b",
                "norm1 | norm1",
                "*norm1 | norm1 layer1.0.norm1 layer2.0.norm1 layer10.0.norm1",
                "layer1.* | layer1.0.norm1 layer1.0.norm2",
                "layer?.* | layer1.0.norm1 layer1.0.norm2 layer2.0.norm1",
                "layer1*norm? | layer1.0.norm1 layer1.0.norm2 layer10.0.norm1",
                "norm1, layer2.* | norm1 layer2.0.norm1",
                "layer1.*,*norm2 | layer1.0.norm1 layer1.0.norm2",
                "a[1]+b | a[1]+b",
                "a[?]+* | a[1]+b",
            })
    void globsSelectByName(String text, String expected) {
        assertThat(names(LayerSelection.parse("sar.layers", text))).containsExactly(expected.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"layer3.*", "LAYER1.*", "norm", "layer1?0?norm", "*,nothing", "a.*b"})
    void aGlobThatMatchesNoLayerIsAnErrorThatNamesThem(String text) {
        String glob = text.substring(text.indexOf(',') + 1);

        assertThatThrownBy(() -> LayerSelection.parse("sar.layers", text).mask(LAYOUT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sar.layers must match norm layers of the model, but '%s' matches none of %s", glob, NAMES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "norm1,", ",norm1", "norm1,,layer1.*"})
    void anEmptyGlobIsAnError(String text) {
        assertThatThrownBy(() -> LayerSelection.parse("tent.layers", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tent.layers must be 'all' or globs separated by commas, but was '%s'", text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "3, 3", "4, 3", "7, 6", "8, 6", "13, 10", "21, 16", "25, 19"})
    void byDefaultTheLastQuarterIsFrozen(int layers, int adapting) {
        AffineLayout layout =
                layout(IntStream.range(0, layers).mapToObj(i -> "norm" + i).toList());

        assertThat(LayerSelection.allButLast().of(layout))
                .containsExactlyElementsOf(layout.layers().subList(0, adapting));
    }

    @Test
    void aMaskIsOneOverScalesAndShiftsOfTheSelectedLayers() {
        AffineLayout layout = new AffineLayout(
                List.of(
                        new NormLayer("a", NormKind.GROUP, 2, 0, OptionalInt.of(2)),
                        new NormLayer("scalesOnly", NormKind.LAYER, 3, 4, OptionalInt.empty()),
                        new NormLayer("c", NormKind.LAYER, 1, 7, OptionalInt.of(8))),
                9);

        assertThat(LayerSelection.parse("sar.layers", "a").mask(layout))
                .isEqualTo(Vector.of(1, 1, 1, 1, 0, 0, 0, 0, 0));
        assertThat(LayerSelection.parse("sar.layers", "s*,c").mask(layout))
                .isEqualTo(Vector.of(0, 0, 0, 0, 1, 1, 1, 1, 1));
        assertThat(LayerSelection.all().mask(layout)).isEqualTo(Vector.of(1, 1, 1, 1, 1, 1, 1, 1, 1));
    }
}
