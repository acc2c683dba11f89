package io.tta4j.onnx;

import ai.onnxruntime.OrtSession;
import io.tta4j.engine.Features;
import io.tta4j.engine.Outputs;
import io.tta4j.model.Matrix;
import io.tta4j.onnx.session.NativeTensors;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a forward run answers, and where it comes out.
 *
 * @param head where the logits come out
 * @param features where the features do; empty where they are not asked for
 * @param tensors what to ask of a session at any theta
 * @param tensorsOfFile what to ask of a session over the file itself
 */
record Answers(Head head, Optional<Features> features, Set<String> tensors, Set<String> tensorsOfFile) {

    Answers {
        tensors = Collections.unmodifiableSet(tensors);
        tensorsOfFile = Collections.unmodifiableSet(tensorsOfFile);
    }

    Answers(Head head, Optional<Features> features) {
        this(
                head,
                features,
                tensors(Stream.of(head.logits(), head.output()), features),
                tensors(Stream.of(head.output()), features));
    }

    private static Set<String> tensors(Stream<String> answers, Optional<Features> features) {
        return Stream.concat(answers, features.stream().map(Features::name))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The answers of a run at any theta. */
    Outputs of(OrtSession.Result result) {
        Matrix logits = NativeTensors.matrix(result, head.logits());
        return new Outputs(
                logits, head.isSoftmax() ? NativeTensors.matrix(result, head.output()) : logits, features(result));
    }

    /** The answers of a run of the file itself. */
    Outputs ofFile(OrtSession.Result result) {
        Matrix output = NativeTensors.matrix(result, head.output());
        return new Outputs(head.logitsOf(output), output, features(result));
    }

    private Optional<Matrix> features(OrtSession.Result result) {
        return features.map(found -> NativeTensors.rows(result, found.name(), found.width()));
    }
}
