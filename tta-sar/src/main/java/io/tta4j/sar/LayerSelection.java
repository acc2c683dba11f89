package io.tta4j.sar;

import io.tta4j.model.AffineLayout;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Vector;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which norm layers adapt. Immutable. */
public sealed interface LayerSelection {

    /**
     * The layers that adapt.
     *
     * @throws IllegalArgumentException if a pattern matches no layer; the message names those there are
     */
    Collection<NormLayer> of(AffineLayout layout);

    /**
     * The selection as a mask over theta.
     *
     * @return P values: 1 for the parameters that adapt, 0 for the others
     * @throws IllegalArgumentException as {@link #of}
     */
    default Vector mask(AffineLayout layout) {
        float[] mask = new float[layout.size()];
        for (NormLayer layer : of(layout)) {
            Arrays.fill(mask, layer.weightOffset(), layer.weightOffset() + layer.width(), 1);
            layer.biasOffset().ifPresent(offset -> Arrays.fill(mask, offset, offset + layer.width(), 1));
        }
        return Vector.of(mask);
    }

    /** Every norm layer. */
    static LayerSelection all() {
        return new All();
    }

    /**
     * All but the last floor(L/4) of L norm layers in graph order: the layers near the output stay frozen, as in SAR
     * (Niu et al., ICLR 2023), whose code names them one network at a time.
     */
    static LayerSelection allButLast() {
        return new AllButLast();
    }

    /**
     * A selection from a setting's text.
     *
     * @param setting the setting's full name for messages, such as {@code sar.layers}
     * @param text {@code all}, or globs on layer names, separated by commas: {@code *} stands for any characters, dots
     *     included, {@code ?} for one
     * @throws IllegalArgumentException if the text or one of the globs is empty
     */
    static LayerSelection parse(String setting, String text) {
        if (text.strip().equals("all")) {
            return all();
        }
        List<String> globs =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (globs.contains("")) {
            throw new IllegalArgumentException(
                    "%s must be 'all' or globs separated by commas, but was '%s'".formatted(setting, text));
        }
        return new Matching(setting, globs);
    }

    /** See {@link #all()}. */
    record All() implements LayerSelection {
        @Override
        public List<NormLayer> of(AffineLayout layout) {
            return layout.layers();
        }
    }

    /** See {@link #allButLast()}. */
    record AllButLast() implements LayerSelection {
        @Override
        public List<NormLayer> of(AffineLayout layout) {
            int layers = layout.layers().size();
            return layout.layers().subList(0, layers - layers / 4);
        }
    }

    /**
     * Layers whose name matches at least one of several globs; each glob must match a layer.
     *
     * @param setting the setting's full name, for messages
     * @param globs at least one
     */
    record Matching(String setting, List<String> globs) implements LayerSelection {

        public Matching {
            globs = List.copyOf(globs);
        }

        @Override
        public Set<NormLayer> of(AffineLayout layout) {
            Set<NormLayer> selected = new HashSet<>();
            for (String glob : globs) {
                Pattern pattern = pattern(glob);
                List<NormLayer> matching = layout.layers().stream()
                        .filter(layer -> pattern.matcher(layer.name()).matches())
                        .toList();
                if (matching.isEmpty()) {
                    throw new IllegalArgumentException(
                            "%s must match norm layers of the model, but '%s' matches none of %s"
                                    .formatted(
                                            setting,
                                            glob,
                                            layout.layers().stream()
                                                    .map(NormLayer::name)
                                                    .toList()));
                }
                selected.addAll(matching);
            }
            return selected;
        }

        private static Pattern pattern(String glob) {
            return Pattern.compile(glob.codePoints()
                    .mapToObj(Character::toString)
                    .map(character -> switch (character) {
                        case "*" -> ".*";
                        case "?" -> ".";
                        default -> Pattern.quote(character);
                    })
                    .collect(Collectors.joining()));
        }
    }
}
