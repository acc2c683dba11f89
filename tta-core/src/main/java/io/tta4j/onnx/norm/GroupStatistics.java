package io.tta4j.onnx.norm;

import io.tta4j.onnx.graph.GraphBuilder;

/**
 * The tensors in which the lifted forward graph leaves what a norm over groups found in its input, both float32 [N,
 * groups, 1].
 *
 * @param mean of each group
 * @param inverseDeviation one over the standard deviation of each group
 */
public record GroupStatistics(String mean, String inverseDeviation) {

    public static final int RANK = 3;

    public static GroupStatistics of(NormSite site) {
        String prefix = GraphBuilder.PREFIX + site.output();
        return new GroupStatistics(prefix + "/mean", prefix + "/inverse_deviation");
    }
}
