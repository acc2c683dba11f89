package io.tta4j.djl;

import io.tta4j.model.AffineLayout;
import io.tta4j.model.NormKind;
import io.tta4j.model.NormLayer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The parameters of norm layers among those of a module: a {@code weight} with one axis, and the {@code bias} beside it
 * if there is one, in the order in which the module registers them.
 *
 * @param layers in that order
 */
record NormParameters(List<Affine> layers) {

    static final String WEIGHT = ".weight";
    static final String BIAS = ".bias";

    NormParameters {
        layers = List.copyOf(layers);
    }

    /**
     * A norm layer's parameters.
     *
     * @param name the dotted module path
     * @param width the number of scales
     */
    record Affine(String name, NormKind kind, int width, boolean hasBias) {

        String weight() {
            return name + WEIGHT;
        }

        String bias() {
            return name + BIAS;
        }
    }

    /**
     * Finds them.
     *
     * @param shapes of the module's parameters, by name, in its order
     */
    static NormParameters find(Map<String, long[]> shapes, TorchScript script) {
        List<Affine> layers = new ArrayList<>();
        shapes.forEach((parameter, shape) -> {
            if (parameter.endsWith(WEIGHT) && shape.length == 1) {
                String name = parameter.substring(0, parameter.length() - WEIGHT.length());
                long[] bias = shapes.get(name + BIAS);
                boolean hasBias = bias != null && bias.length == 1 && bias[0] == shape[0];
                kind(script.module(name))
                        .ifPresent(kind -> layers.add(new Affine(name, kind, Math.toIntExact(shape[0]), hasBias)));
            }
        });
        return new NormParameters(layers);
    }

    /** By the class's name; a layer norm where that does not tell, and nothing for what has one axis but is no norm. */
    private static Optional<NormKind> kind(Optional<TorchScript.ModuleClass> module) {
        if (module.isEmpty()) {
            return Optional.of(NormKind.LAYER);
        }
        String name = module.get().name().toLowerCase(Locale.ROOT);
        if (name.contains("relu")) {
            return Optional.empty();
        }
        if (name.contains("batchnorm") || module.get().hasBuffer("running_var")) {
            return Optional.of(NormKind.BATCH);
        }
        if (name.contains("groupnorm")) {
            return Optional.of(NormKind.GROUP);
        }
        if (name.contains("instancenorm")) {
            return Optional.of(NormKind.INSTANCE);
        }
        return Optional.of(name.contains("rms") ? NormKind.RMS : NormKind.LAYER);
    }

    /** Those of which any parameter is named. */
    NormParameters among(Set<String> parameters) {
        return new NormParameters(layers.stream()
                .filter(layer -> parameters.contains(layer.weight()) || parameters.contains(layer.bias()))
                .toList());
    }

    /** The parameters' names in the order of theta: a layer's scales, then its shifts. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        layers.forEach(layer -> {
            names.add(layer.weight());
            if (layer.hasBias()) {
                names.add(layer.bias());
            }
        });
        return names;
    }

    AffineLayout layout() {
        Map<String, NormLayer> byName = new LinkedHashMap<>();
        int offset = 0;
        for (Affine layer : layers) {
            int end = offset + layer.width();
            byName.put(
                    layer.name(),
                    new NormLayer(
                            layer.name(),
                            layer.kind(),
                            layer.width(),
                            offset,
                            layer.hasBias() ? OptionalInt.of(end) : OptionalInt.empty()));
            offset = layer.hasBias() ? end + layer.width() : end;
        }
        return new AffineLayout(List.copyOf(byName.values()), offset);
    }
}
