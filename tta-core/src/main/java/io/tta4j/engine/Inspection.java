package io.tta4j.engine;

import io.tta4j.model.AffineLayout;
import io.tta4j.model.InputSpec;
import java.util.List;
import java.util.Optional;

/**
 * What an engine found in a model file.
 *
 * @param inputs what the model is fed
 * @param outputs the names of its outputs; a TorchScript module's have none, and {@code logits} stands for the one that
 *     is adapted
 * @param logits the tensor that adaptation reads, [N, C]
 * @param classes C
 * @param softmaxOutput whether the output is a softmax or log-softmax of the logits
 * @param features what a pass hands out beside the logits; empty where it was not asked for
 * @param layout the norm layers and the parameters that were lifted
 * @param samplesIndependent whether a row of the logits depends on the same row of the inputs alone
 * @param obstacles what keeps the model from being adapted, a line each: operators without a gradient rule between a
 *     norm layer and the logits, or that there is no norm layer; empty for a model that can be adapted
 * @param notes whatever else a user should know
 */
public record Inspection(
        List<InputSpec> inputs,
        List<String> outputs,
        String logits,
        int classes,
        boolean softmaxOutput,
        Optional<Features> features,
        AffineLayout layout,
        boolean samplesIndependent,
        List<String> obstacles,
        List<String> notes) {

    public Inspection {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        obstacles = List.copyOf(obstacles);
        notes = List.copyOf(notes);
    }

    /** P, the number of parameters lifted. */
    public int parameters() {
        return layout.size();
    }
}
