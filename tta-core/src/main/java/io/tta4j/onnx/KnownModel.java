package io.tta4j.onnx;

import ai.onnxruntime.OnnxJavaType;
import io.tta4j.engine.Inspection;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.BatchNorms;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.onnx.probe.Observations;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.SessionSettings;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What stays of an analysis while a model is in use: all but the graph and its weights, which serving has no use for.
 *
 * @param file where the model lies
 * @param options how it was loaded
 * @param inspection what a user is told about it
 * @param statistics those of batch norm, where they are not the source's
 * @param inputs what it is fed
 * @param answers what a pass hands out, and where
 * @param fileAnswers whether the file itself makes all of it
 * @param classifierWeights the weights of the classifier, where features are asked for and it is a plain product of
 *     them
 * @param classes C
 * @param layout the adapted layers' parameters
 * @param source theta as the file has it
 * @param samplesIndependent whether a row of the logits depends on the same row of the inputs alone
 * @param batchNorms the batch norm layers whose statistics can move; empty where there are none
 * @param seen what the probe saw
 */
record KnownModel(
        ModelFile file,
        Inspection inspection,
        OnnxOptions options,
        Optional<Statistics> statistics,
        Inputs inputs,
        Answers answers,
        boolean fileAnswers,
        Optional<Matrix> classifierWeights,
        int classes,
        AffineLayout layout,
        Vector source,
        boolean samplesIndependent,
        Optional<BatchNorms> batchNorms,
        Observations seen) {

    private static final String NO_STATISTICS = "where batch norm was folded into convolutions, " + Analysis.UNFOLD
            + " to keep it; other norms have no statistics of the batch: leave statistics at source";

    /** @throws ModelException if the model is no classifier, or cannot be adapted */
    static KnownModel of(ModelFile file, OnnxOptions options) {
        Analysis analysis = Analysis.of(file, options);
        Inspection inspection = analysis.inspection();
        if (!inspection.obstacles().isEmpty()) {
            throw new ModelException("'%s' cannot be adapted: %s"
                    .formatted(file.name(), inspection.obstacles().get(0)));
        }
        return of(
                analysis,
                inspection,
                options,
                Optional.empty(),
                analysis.facts().observations());
    }

    private static KnownModel of(
            Analysis analysis,
            Inspection inspection,
            OnnxOptions options,
            Optional<Statistics> statistics,
            Observations seen) {
        boolean samplesIndependent = analysis.facts().samplesIndependent();
        if (options.rowsPerPass() > 0 && !samplesIndependent) {
            throw new ModelException(
                    "'%s' must run over whole batches, because its samples depend on each other, but rowsPerPass was %d; set it to 0"
                            .formatted(analysis.file().name(), options.rowsPerPass()));
        }
        return new KnownModel(
                analysis.file(),
                inspection,
                options,
                statistics,
                analysis.inputs(),
                new Answers(analysis.head(), analysis.features()),
                analysis.fileAnswers(),
                analysis.classifierWeights(),
                analysis.classes(),
                analysis.lifting().layout(),
                analysis.lifting().source(),
                samplesIndependent,
                analysis.moving().batchNorms(),
                seen);
    }

    /**
     * The same model with batch norm on a blend with the statistics of the batch.
     *
     * @throws ModelException if there is no batch norm that could take them, or the file has changed
     */
    KnownModel withStatistics(Statistics wanted) {
        Analysis again = Analysis.again(file, options, seen);
        if (!again.hasBatchNorm()) {
            throw withoutBatchNorm(wanted);
        }
        return of(again.withStatistics(wanted), inspection, options, Optional.of(wanted), seen);
    }

    /** Why there are no such statistics. */
    ModelException withoutBatchNorm(Statistics wanted) {
        String kinds = layout.layers().stream()
                .map(layer -> layer.kind().label())
                .distinct()
                .collect(Collectors.joining(", "));
        return new ModelException(
                "'%s' must have batch norm in its graph for statistics '%s', but its norm layers are: %s; %s"
                        .formatted(file.name(), wanted, kinds, NO_STATISTICS));
    }

    /**
     * A session over the file itself, which serves the source state; empty where it does not make all that it should.
     */
    Optional<NativeSession> open() {
        if (!fileAnswers) {
            return Optional.empty();
        }
        SessionSettings settings = options.sessions();
        return Optional.of(answers.features()
                .map(features -> withFeatures(features.name(), settings))
                .orElseGet(() -> file.open(settings)));
    }

    private NativeSession withFeatures(String tensor, SessionSettings settings) {
        NativeSession session =
                inspection.outputs().contains(tensor) ? file.open(settings) : file.open(settings, tensor);
        OnnxJavaType type = session.elementType(tensor);
        if (type != OnnxJavaType.FLOAT) {
            session.close();
            throw new ModelException("'%s': features must be float32, but tensor '%s' is %s; name another tensor"
                    .formatted(file.name(), tensor, type));
        }
        return session;
    }

    /**
     * Reads the model again, and finds what was found before without a run.
     *
     * @throws ModelException if the file has changed
     */
    Analysis analyse() {
        Analysis again = Analysis.again(file, options, seen);
        return statistics.map(again::withStatistics).orElse(again);
    }
}
