package io.tta4j.stream.cli;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.stream.data.NpyArray;
import java.util.LinkedHashMap;
import java.util.Map;

/** The gradient of a batch's softmax entropy with respect to the lifted parameters, for comparison with other tools. */
final class EntropyGradient {

    private EntropyGradient() {}

    /**
     * The arrays of one batch at the source parameters: {@code <layer>.weight} and {@code <layer>.bias}, the gradient
     * of the mean entropy; {@code logits} [N, C]; and, where samples are independent, {@code sample_gradient_norm} [N],
     * the L2 norm of each sample's own entropy gradient.
     *
     * @throws IllegalArgumentException if the batch does not fit the model
     */
    static Map<String, NpyArray> of(AdaptableModel model, Batch batch) {
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        try (Pass pass = model.forward(batch, model.source())) {
            Matrix logits = pass.logits();
            int rows = logits.rows();
            model.layout()
                    .named(pass.pullback(entropySlope(logits, 1.0 / rows)))
                    .forEach((name, values) -> arrays.put(name, NpyArray.of(values, values.length)));
            arrays.put("logits", NpyArray.of(logits.toArray(), rows, logits.columns()));
            if (model.samplesIndependent()) {
                Matrix gradients = pass.samplePullback(entropySlope(logits, 1));
                arrays.put("sample_gradient_norm", NpyArray.of(norms(gradients), rows));
            }
        }
        return arrays;
    }

    /** Row by row {@code weight * dH/dz}, where dH/dz_k = -p_k (log p_k + H) and p is the softmax of z. */
    private static Matrix entropySlope(Matrix logits, double weight) {
        float[] slope = new float[logits.rows() * logits.columns()];
        for (int row = 0; row < logits.rows(); row++) {
            double[] logs = logSoftmax(logits.row(row));
            double entropy = 0;
            for (double log : logs) {
                entropy -= Math.exp(log) * log;
            }
            for (int k = 0; k < logs.length; k++) {
                slope[row * logs.length + k] = (float) (-weight * Math.exp(logs[k]) * (logs[k] + entropy));
            }
        }
        return Matrix.of(logits.rows(), logits.columns(), slope);
    }

    private static double[] logSoftmax(float[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        double shift = largest + Math.log(sum);
        double[] logs = new double[logits.length];
        for (int k = 0; k < logs.length; k++) {
            logs[k] = logits[k] - shift;
        }
        return logs;
    }

    private static float[] norms(Matrix gradients) {
        float[] norms = new float[gradients.rows()];
        for (int row = 0; row < norms.length; row++) {
            double squares = 0;
            for (float value : gradients.row(row)) {
                squares += (double) value * value;
            }
            norms[row] = (float) Math.sqrt(squares);
        }
        return norms;
    }
}
