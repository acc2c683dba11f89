package io.tta4j.onnx;

import static io.tta4j.onnx.graph.TestGraph.real;

import io.tta4j.model.Batch;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.graph.TestGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Batch norm, a sigmoid (or nothing), batch norm, and a linear layer over all that comes out. */
public final class BatchNormNetwork {

    public static final int CHANNELS = 3;
    public static final int CLASSES = 4;
    public static final float EPSILON = 1e-3f;

    final long[] space;
    final boolean bent;
    public final int positions;
    final float[] means = {0.5f, -1, 0.25f, 0.3f, 0.6f, 0.5f};
    final float[] variances = {2, 0.5f, 1, 0.1f, 0.05f, 0.2f};
    final float[] weights;

    public BatchNormNetwork(boolean bent, long... space) {
        this.space = space;
        this.bent = bent;
        this.positions = TestGraph.size(space);
        this.weights = TestGraph.normal(new Random(3), CHANNELS * positions * CLASSES);
    }

    public OnnxModel load(float epsilon) {
        return load(epsilon, OnnxOptions.ofDefaults());
    }

    public OnnxModel load(float epsilon, OnnxOptions options) {
        TestGraph graph = new TestGraph(17);
        long[] sample = new long[space.length + 1];
        sample[0] = CHANNELS;
        System.arraycopy(space, 0, sample, 1, space.length);
        String first = batchNorm(graph, "first", graph.input("x", sample), 0, epsilon);
        String second =
                batchNorm(graph, "second", bent ? graph.node("Sigmoid", List.of(first)) : first, CHANNELS, epsilon);
        String logits = graph.node(
                "MatMul",
                List.of(
                        graph.node("Flatten", List.of(second)),
                        graph.constant(weights, (long) CHANNELS * positions, CLASSES)));
        graph.output(logits);
        return OnnxModel.load(graph.model().toByteArray(), "small.onnx", options);
    }

    private String batchNorm(TestGraph graph, String name, String x, int from, float epsilon) {
        return graph.named(
                "/" + name + "/BatchNormalization",
                "BatchNormalization",
                List.of(
                        x,
                        graph.weights(CHANNELS),
                        graph.weights(CHANNELS),
                        graph.constant(Arrays.copyOfRange(means, from, from + CHANNELS), CHANNELS),
                        graph.constant(Arrays.copyOfRange(variances, from, from + CHANNELS), CHANNELS)),
                real("epsilon", epsilon));
    }

    public Batch batch(float[] x) {
        long[] shape = new long[space.length + 2];
        shape[0] = x.length / (CHANNELS * positions);
        shape[1] = CHANNELS;
        System.arraycopy(space, 0, shape, 2, space.length);
        return Batch.of("x", Tensor.of(x, shape));
    }

    /** Logits as a textbook has them, row by row. */
    double[] logits(float[] x, double[] theta, double batchWeight) {
        return logits(x, theta, (source, mean, variance) -> new double[] {
            batchWeight * mean + (1 - batchWeight) * means[source],
            batchWeight * variance + (1 - batchWeight) * variances[source]
        });
    }

    /** The same with statistics of any kind. */
    double[] logits(float[] x, double[] theta, Choice choice) {
        double[] values = new double[x.length];
        Arrays.setAll(values, i -> x[i]);
        normalize(values, theta, 0, choice);
        if (bent) {
            Arrays.setAll(values, i -> 1 / (1 + Math.exp(-values[i])));
        }
        normalize(values, theta, 1, choice);
        int features = CHANNELS * positions;
        double[] logits = new double[x.length / features * CLASSES];
        for (int i = 0; i < values.length; i++) {
            for (int k = 0; k < CLASSES; k++) {
                logits[i / features * CLASSES + k] += values[i] * weights[i % features * CLASSES + k];
            }
        }
        return logits;
    }

    /** The statistics of a channel, of those of both layers, given the batch's. */
    interface Choice {
        double[] meanAndVariance(int channel, double batchMean, double batchVariance);
    }

    private void normalize(double[] values, double[] theta, int layer, Choice choice) {
        int count = values.length / CHANNELS;
        double[] mean = new double[CHANNELS];
        double[] variance = new double[CHANNELS];
        for (int i = 0; i < values.length; i++) {
            mean[i / positions % CHANNELS] += values[i] / count;
        }
        for (int i = 0; i < values.length; i++) {
            double centered = values[i] - mean[i / positions % CHANNELS];
            variance[i / positions % CHANNELS] += centered * centered / count;
        }
        double[][] chosen = new double[CHANNELS][];
        for (int channel = 0; channel < CHANNELS; channel++) {
            chosen[channel] = choice.meanAndVariance(layer * CHANNELS + channel, mean[channel], variance[channel]);
        }
        for (int i = 0; i < values.length; i++) {
            int channel = i / positions % CHANNELS;
            int scale = layer * 2 * CHANNELS + channel;
            double normalized = (values[i] - chosen[channel][0]) / Math.sqrt(chosen[channel][1] + EPSILON);
            values[i] = theta[scale] * normalized + theta[scale + CHANNELS];
        }
    }
}
