package io.tta4j.onnx.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.onnx.graph.TestGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * A small graph whose gradients are checked.
 *
 * @param name for the test report
 * @param opset the version of the operator set
 * @param writer writes the graph and returns its output, whose first axis must be the batch
 */
record RuleCase(String name, long opset, Function<RuleGraph, String> writer) {

    private static final double TOLERANCE = 1e-5;

    static RuleCase of(String name, Function<RuleGraph, String> writer) {
        return of(name, 17, writer);
    }

    static RuleCase of(String name, long opset, Function<RuleGraph, String> writer) {
        return new RuleCase(name, opset, writer);
    }

    /** The gradients of all leaves in double precision, from the leaves and the seed. */
    @FunctionalInterface
    interface Reference {
        Map<String, double[]> gradients(Map<String, double[]> leaves, double[] seed);
    }

    /** For an operator that is linear (or affine) in each leaf: {@code <Ax, y> = <x, A'y>}. */
    void verifyAdjoint() {
        RuleGraph graph = new RuleGraph(opset);
        String output = writer.apply(graph);
        try (RuleGraph.Compiled compiled = graph.compile(output)) {
            float[] at = compiled.forward(graph.leaves());
            float[] seed = TestGraph.normal(new Random(3), at.length);
            Map<String, float[]> gradients = compiled.backward(graph.leaves(), seed);
            graph.leaves().forEach((leaf, values) -> {
                float[] origin = compiled.forward(graph.leavesWith(leaf, new float[values.length]));
                float[] gradient = gradients.getOrDefault(leaf, new float[0]);
                assertThat(gradient).as("gradient of %s", leaf).hasSameSizeAs(values);
                double forward = dot(at, seed) - dot(origin, seed);
                double backward = dot(values, gradient);
                double scale = distance(at, origin) * Math.sqrt(dot(seed, seed));
                assertThat(scale).as("sensitivity to %s", leaf).isPositive();
                assertThat(Math.abs(forward - backward) / scale)
                        .as("%s: <Ax, y> = %s, <x, A'y> = %s", leaf, forward, backward)
                        .isLessThan(TOLERANCE);
            });
        }
    }

    /** For any operator: the gradients against a reference. */
    void verify(Reference reference) {
        RuleGraph graph = new RuleGraph(opset);
        String output = writer.apply(graph);
        try (RuleGraph.Compiled compiled = graph.compile(output)) {
            float[] at = compiled.forward(graph.leaves());
            float[] seed = TestGraph.normal(new Random(3), at.length);
            Map<String, float[]> gradients = compiled.backward(graph.leaves(), seed);
            Map<String, double[]> leaves = new LinkedHashMap<>();
            graph.leaves().forEach((leaf, values) -> leaves.put(leaf, Numbers.doubles(values)));
            Map<String, double[]> expected = reference.gradients(leaves, Numbers.doubles(seed));
            assertThat(expected).containsOnlyKeys(leaves.keySet());
            expected.forEach((leaf, gradient) -> assertThat(Numbers.worstError(gradients.get(leaf), gradient))
                    .as("gradient of %s", leaf)
                    .isLessThan(TOLERANCE));
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    @Override
    public String toString() {
        return name;
    }
}
