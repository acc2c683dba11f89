package io.tta4j.onnx;

import io.tta4j.model.AffineLayout;
import io.tta4j.model.InputSpec;
import java.util.List;

/**
 * What the engine found in an ONNX file.
 *
 * @param inputs what the model is fed
 * @param outputs the names of its outputs
 * @param logits the tensor that adaptation reads, [N, C]
 * @param classes C
 * @param softmaxOutput whether the output is a softmax or log-softmax of the logits
 * @param layout the norm layers and the parameters that were lifted
 * @param samplesIndependent whether a row of the logits depends on the same row of the inputs alone
 * @param withoutRule a line for each node between a norm layer and the logits that has no gradient rule
 * @param notes whatever else a user should know
 */
public record OnnxInspection(
        List<InputSpec> inputs,
        List<String> outputs,
        String logits,
        int classes,
        boolean softmaxOutput,
        AffineLayout layout,
        boolean samplesIndependent,
        List<String> withoutRule,
        List<String> notes) {

    public OnnxInspection {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        withoutRule = List.copyOf(withoutRule);
        notes = List.copyOf(notes);
    }

    /** P, the number of parameters lifted. */
    public int parameters() {
        return layout.size();
    }
}
