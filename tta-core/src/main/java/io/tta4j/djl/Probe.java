package io.tta4j.djl;

import ai.djl.ndarray.NDManager;
import io.tta4j.djl.NativeModule.Run;
import io.tta4j.engine.Features;
import io.tta4j.engine.Outputs;
import io.tta4j.engine.RandomSamples;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Finds out about a module by running it on a few random samples. */
final class Probe {

    private static final int ROWS = 5;

    /** Of the largest logit: kernels differ between batch sizes by rounding, interacting samples by much more. */
    static final double ROUNDING = 1e-4;

    /**
     * What there is to know.
     *
     * @param classes C
     * @param layout the norm layers that the logits depend on
     * @param source theta as the module holds it
     * @param samplesIndependent whether a row of the logits depends on the same row of the inputs alone
     * @param features what the module puts out beside the logits; empty where it is not wanted
     * @param classifierWeights [C, D], where the logits were found to be a plain product of the features
     */
    record Facts(
            int classes,
            AffineLayout layout,
            Vector source,
            boolean samplesIndependent,
            Optional<Features> features,
            Optional<Matrix> classifierWeights) {}

    private final String name;
    private final NativeModule module;
    private final List<InputSpec> inputs;

    private Probe(String name, NativeModule module, List<InputSpec> inputs) {
        this.name = name;
        this.module = module;
        this.inputs = inputs;
    }

    /**
     * The norm layers among a module's parameters.
     *
     * @throws ModelException if there are none
     */
    static NormParameters requireLayers(String name, NativeModule module, TorchScript script) {
        if (module.shapes().isEmpty()) {
            throw new ModelException(
                    "'%s' cannot be adapted: it has no parameters, which torch.jit.freeze makes constants; save the module as it is before that"
                            .formatted(name));
        }
        return requireLayers(name, NormParameters.find(module.shapes(), script));
    }

    private static NormParameters requireLayers(String name, NormParameters layers) {
        if (layers.layers().isEmpty()) {
            throw new ModelException(
                    "'%s' cannot be adapted: none of its logits depends on a norm layer, which is a module whose weight has one axis; if batch norm was folded into convolutions, save the module as it is before that, or export it as ONNX for io.tta4j.onnx.OnnxModel, which inserts layers"
                            .formatted(name));
        }
        return layers;
    }

    /**
     * Probes a module, and leaves it adapting the norm layers that were found.
     *
     * @param candidates the norm layers among its parameters
     * @param features as in {@link DjlOptions#features}
     * @throws ModelException if it cannot be adapted, or does not put out the features
     */
    static Facts of(
            String name, NativeModule module, NormParameters candidates, List<InputSpec> inputs, String features) {
        return new Probe(name, module, inputs).facts(candidates, features);
    }

    private Facts facts(NormParameters candidates, String wanted) {
        module.adapt(candidates.names());
        Batch batch = RandomSamples.of(inputs, ROWS);
        NormParameters layers = module.takesTheta() ? candidates : reached(candidates, batch);
        requireLayers(name, layers);
        module.adapt(layers.names());
        Vector source = module.values();
        Outputs outputs = run(batch, source);
        Matrix logits = outputs.logits();
        requireClassifier(logits);
        requireSame(logits, run(batch, source).logits());
        Outputs some = run(batch.select(4, 2, 1), source);
        Outputs one = run(batch.select(3), source);
        requireFixedWidth(outputs, some);
        boolean independent = closeTo(logits.select(4, 2, 1), some.logits(), ROUNDING)
                && closeTo(logits.select(3), one.logits(), ROUNDING);
        return new Facts(
                logits.columns(),
                layers.layout(),
                source,
                independent,
                outputs.features()
                        .map(features -> new Features(
                                wanted.equals(Features.AUTO) ? DjlModel.FEATURES : wanted, features.columns())),
                outputs.features().flatMap(features -> ClassifierWeights.of(module, features, logits)));
    }

    private Outputs run(Batch batch, Vector theta) {
        try (NDManager scope = module.newScope()) {
            return module.forward(scope, Feed.of(scope, inputs, batch), theta, false)
                    .outputs();
        }
    }

    private void requireFixedWidth(Outputs outputs, Outputs ofFewer) {
        outputs.features()
                .ifPresent(features -> ofFewer.features().ifPresent(fewer -> {
                    if (features.columns() != fewer.columns()) {
                        throw new ModelException(
                                "'%s' must put out features [N, D] of one width, but puts out %d values a sample for %d samples and %d for %d; let the module return what its classifier is fed"
                                        .formatted(
                                                name,
                                                features.columns(),
                                                features.rows(),
                                                fewer.columns(),
                                                fewer.rows()));
                    }
                }));
    }

    private NormParameters reached(NormParameters candidates, Batch batch) {
        try (NDManager scope = module.newScope()) {
            Run run = module.forward(scope, Feed.of(scope, inputs, batch), module.values(), true);
            Matrix logits = run.values();
            Set<String> reached = run.reached(randomSeed(logits)).stream()
                    .map(candidates.names()::get)
                    .collect(Collectors.toSet());
            return candidates.among(reached);
        }
    }

    private static Matrix randomSeed(Matrix logits) {
        SplittableRandom random = new SplittableRandom(11);
        float[] values = new float[logits.rows() * logits.columns()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return Matrix.of(logits.rows(), logits.columns(), values);
    }

    private void requireClassifier(Matrix logits) {
        if (logits.rows() != ROWS) {
            throw new ModelException("'%s' must put out a row of logits for each sample, but put out %d for %d samples"
                    .formatted(name, logits.rows(), ROWS));
        }
        if (logits.columns() < 2) {
            throw new ModelException(
                    "'%s' must put out scores of at least two classes, but puts out %d; adapt classifiers only"
                            .formatted(name, logits.columns()));
        }
        boolean probabilities = true;
        for (int row = 0; row < ROWS; row++) {
            double sum = 0;
            for (float value : logits.row(row)) {
                probabilities &= value >= 0;
                sum += value;
            }
            probabilities &= Math.abs(sum - 1) < ROUNDING;
        }
        if (probabilities) {
            throw new ModelException(
                    "'%s' must put out logits, but puts out probabilities: rows of its output sum to one; save the module without its softmax, or export it as ONNX for io.tta4j.onnx.OnnxModel, which looks through it"
                            .formatted(name));
        }
    }

    private void requireSame(Matrix logits, Matrix again) {
        if (!closeTo(logits, again, ROUNDING)) {
            throw new ModelException(
                    "'%s' must give the same logits for the same inputs, but does not: it was traced in training mode; call eval() on the network before torch.jit.trace"
                            .formatted(name));
        }
    }

    static boolean closeTo(Matrix expected, Matrix found, double tolerance) {
        double largest = 0;
        double difference = 0;
        for (int row = 0; row < expected.rows(); row++) {
            for (int column = 0; column < expected.columns(); column++) {
                largest = Math.max(largest, Math.abs(expected.get(row, column)));
                difference = Math.max(difference, Math.abs(expected.get(row, column) - found.get(row, column)));
            }
        }
        return difference <= tolerance * (1 + largest);
    }
}
