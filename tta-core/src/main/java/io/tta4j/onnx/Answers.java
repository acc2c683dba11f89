package io.tta4j.onnx;

import ai.onnxruntime.OrtSession;
import io.tta4j.engine.Features;
import io.tta4j.engine.Outputs;
import io.tta4j.model.Matrix;
import io.tta4j.onnx.session.NativeTensors;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a forward run answers, and where it comes out.
 *
 * @param head where the logits come out
 * @param features where the features do; empty where they are not asked for
 */
record Answers(Head head, Optional<Features> features) {

    /** The tensors to ask of a session at any theta. */
    Set<String> tensors() {
        Set<String> tensors = new LinkedHashSet<>();
        tensors.add(head.logits());
        tensors.add(head.output());
        features.ifPresent(found -> tensors.add(found.name()));
        return tensors;
    }

    /** The answers of such a run. */
    Outputs of(OrtSession.Result result) {
        Matrix logits = NativeTensors.matrix(result, head.logits());
        return new Outputs(
                logits, head.isSoftmax() ? NativeTensors.matrix(result, head.output()) : logits, features(result));
    }

    /** The tensors to ask of a session over the file itself. */
    Set<String> tensorsOfFile() {
        Set<String> tensors = new LinkedHashSet<>();
        tensors.add(head.output());
        features.ifPresent(found -> tensors.add(found.name()));
        return tensors;
    }

    /** The answers of such a run. */
    Outputs ofFile(OrtSession.Result result) {
        Matrix output = NativeTensors.matrix(result, head.output());
        return new Outputs(head.logitsOf(output), output, features(result));
    }

    private Optional<Matrix> features(OrtSession.Result result) {
        return features.map(found -> NativeTensors.rows(result, found.name(), found.width()));
    }
}
