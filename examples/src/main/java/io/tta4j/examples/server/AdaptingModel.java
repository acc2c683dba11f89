package io.tta4j.examples.server;

import io.tta4j.AdaptiveModel;
import io.tta4j.Counters;
import io.tta4j.engine.InspectableModel;
import io.tta4j.engine.Inspection;
import io.tta4j.examples.server.TtaReport.Learning;
import io.tta4j.method.Answer;
import io.tta4j.method.Methods;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A model that tta4j adapts, stream by stream. Owns the model. */
final class AdaptingModel implements ServedModel {

    private final AdaptableModel model;
    private final AdaptiveModel source;
    private final Tenants tenants;
    private final String method;
    private final TtaMode defaultMode;
    private final List<OutputSpec> outputs;
    private final String platform;

    /**
     * Serves a model.
     *
     * @param output the name of the model's own output
     * @param method the adaptation method's name
     */
    AdaptingModel(
            AdaptableModel model, Tenants tenants, String method, TtaMode defaultMode, String output, String platform) {
        this.model = model;
        this.source = AdaptiveModel.of(model, Methods.source());
        this.tenants = tenants;
        this.method = method;
        this.defaultMode = defaultMode;
        this.outputs = List.of(new OutputSpec(output, model.classes()));
        this.platform = platform;
    }

    /** The name of the output that a model answers with. */
    static String output(InspectableModel model) {
        Inspection found = model.inspection();
        return found.outputs().size() == 1 ? found.outputs().get(0) : found.logits();
    }

    @Override
    public String platform() {
        return platform;
    }

    @Override
    public List<InputSpec> inputs() {
        return model.inputs();
    }

    @Override
    public List<OutputSpec> outputs() {
        return outputs;
    }

    @Override
    public TtaMode defaultMode() {
        return defaultMode;
    }

    /** The streams, for those who count. */
    Tenants tenants() {
        return tenants;
    }

    @Override
    public Inference infer(Batch batch, Adapting adapting) {
        return switch (adapting.mode()) {
            case OFF -> new Inference(List.of(source.predict(batch).output()), Optional.of(TtaReport.off(adapting)));
            case SHADOW -> tenants.on(adapting.stream(), stream -> shadow(stream, batch, adapting));
            case ON ->
                tenants.on(adapting.stream(), stream -> {
                    Answer answer = stream.predict(batch);
                    return inference(answer.output(), stream, adapting, OptionalDouble.empty());
                });
        };
    }

    private Inference shadow(AdaptiveModel stream, Batch batch, Adapting adapting) {
        Answer served = source.predict(batch);
        Answer adapted = stream.predict(batch);
        return inference(
                served.output(),
                stream,
                adapting,
                OptionalDouble.of(agreement(served.predictions(), adapted.predictions())));
    }

    private static double agreement(int[] one, int[] other) {
        int alike = 0;
        for (int row = 0; row < one.length; row++) {
            alike += one[row] == other[row] ? 1 : 0;
        }
        return (double) alike / one.length;
    }

    private Inference inference(Matrix output, AdaptiveModel stream, Adapting adapting, OptionalDouble agreement) {
        Counters counters = stream.counters();
        return new Inference(
                List.of(output),
                Optional.of(new TtaReport(
                        adapting, Optional.of(new Learning(method, counters.steps(), counters.resets())), agreement)));
    }

    @Override
    public void close() {
        try {
            tenants.close();
        } finally {
            model.close();
        }
    }
}
