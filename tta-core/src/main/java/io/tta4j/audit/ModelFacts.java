package io.tta4j.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.NormKind;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a method may ask a model beside its passes.
 *
 * @param features their width, where there are any
 * @param classifierWeights where the model tells
 * @param statistics as the method's settings have it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ModelFacts(
        int classes,
        @Nullable Integer features,
        boolean samplesIndependent,
        List<InputSpec> inputs,
        List<Layer> layers,
        int parameters,
        String statistics,
        Vector source,
        @Nullable Matrix classifierWeights) {

    /** A norm layer. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Layer(
            String name,
            NormKind kind,
            int width,
            int weightOffset,
            @Nullable Integer biasOffset) {

        private static Layer of(NormLayer layer) {
            OptionalInt bias = layer.biasOffset();
            return new Layer(
                    layer.name(),
                    layer.kind(),
                    layer.width(),
                    layer.weightOffset(),
                    bias.isPresent() ? bias.getAsInt() : null);
        }

        private NormLayer norm() {
            return new NormLayer(
                    name,
                    kind,
                    width,
                    weightOffset,
                    biasOffset == null ? OptionalInt.empty() : OptionalInt.of(biasOffset));
        }
    }

    static ModelFacts of(AdaptableModel model, Statistics statistics) {
        OptionalInt features = model.features();
        return new ModelFacts(
                model.classes(),
                features.isPresent() ? features.getAsInt() : null,
                model.samplesIndependent(),
                List.copyOf(model.inputs()),
                model.layout().layers().stream().map(Layer::of).toList(),
                model.layout().size(),
                statistics.toString(),
                model.source(),
                model.classifierWeights().orElse(null));
    }

    AffineLayout layout() {
        return new AffineLayout(layers.stream().map(Layer::norm).toList(), parameters);
    }
}
