package io.tta4j.djl;

import io.tta4j.model.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Finds the weights of a classifier. A module does not say what its parameters do; so those are taken that are of the
 * right shape and make the logits of the features.
 */
final class ClassifierWeights {

    private final NativeModule module;
    private final Matrix features;
    private final Matrix logits;

    private ClassifierWeights(NativeModule module, Matrix features, Matrix logits) {
        this.module = module;
        this.features = features;
        this.logits = logits;
    }

    /**
     * W, of shape [C, D], where {@code logits = features W^T + b}; empty where no parameter does that.
     *
     * @param features [N, D], of a run
     * @param logits [N, C], of the same run
     */
    static Optional<Matrix> of(NativeModule module, Matrix features, Matrix logits) {
        return new ClassifierWeights(module, features, logits).find();
    }

    private Optional<Matrix> find() {
        List<String> names = new ArrayList<>(module.shapes().keySet());
        Collections.reverse(names);
        for (String name : names) {
            if (isOfShape(name)) {
                Matrix weights = Matrix.of(logits.columns(), features.columns(), module.values(name));
                if (Probe.closeTo(logits, classified(weights, bias(name)), Probe.ROUNDING)) {
                    return Optional.of(weights);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a parameter is of shape [C, D], but for the extents of 1 of a kernel. */
    private boolean isOfShape(String parameter) {
        long[] shape = Objects.requireNonNull(module.shapes().get(parameter));
        return parameter.endsWith(NormParameters.WEIGHT)
                && shape.length > 1
                && shape[0] == logits.columns()
                && shape[1] == features.columns()
                && Arrays.stream(shape).skip(2).allMatch(extent -> extent == 1);
    }

    /** The bias beside weights; zeros where there is none. */
    private float[] bias(String weights) {
        String bias = weights.substring(0, weights.length() - NormParameters.WEIGHT.length()) + NormParameters.BIAS;
        float[] values = module.shapes().containsKey(bias) ? module.values(bias) : new float[0];
        return values.length == logits.columns() ? values : new float[logits.columns()];
    }

    private Matrix classified(Matrix weights, float[] bias) {
        int classes = weights.rows();
        float[] scores = new float[features.rows() * classes];
        for (int row = 0; row < features.rows(); row++) {
            for (int c = 0; c < classes; c++) {
                double sum = bias[c];
                for (int column = 0; column < weights.columns(); column++) {
                    sum += (double) features.get(row, column) * weights.get(c, column);
                }
                scores[row * classes + c] = (float) sum;
            }
        }
        return Matrix.of(features.rows(), classes, scores);
    }
}
