package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.GraphBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The attention layers that ONNX Runtime recognises in encoders and fuses. */
final class PackedAttention {

    /** What ONNX Runtime adds to a masked score where the node does not say. */
    private static final float FILTER = -10000;

    private PackedAttention() {}

    /**
     * Inputs: tokens [batch, tokens, width], weights [width, 3 * hidden], a bias, a mask, a past, a tensor to add to
     * the scores.
     */
    static List<String> attention(Expansion node) {
        node.require(!node.hasInput(4) && !node.hasInput(6), "it has a past");
        node.require(node.node().integer("do_rotary", 0) == 0, "it rotates its queries");
        node.requireUnread(1, "a present");
        long width = node.shape(1)[1];
        node.require(width > 0, "the extent of its weights is not known");
        long[] sizes = node.node().integers("qkv_hidden_sizes", width / 3, width / 3, width / 3);
        String projected = node.emit("MatMul", List.of(node.input(0), node.input(1)));
        if (node.hasInput(2)) {
            projected = node.builder.add(projected, node.input(2));
        }
        Heads heads = new Heads(node);
        long count = node.node().integer("num_heads", 0);
        List<String> parts = node.split(projected, -1, sizes).stream()
                .map(part -> heads.split(part, count))
                .toList();
        return attend(node, parts, sizes[0] / count, 3, 5);
    }

    /**
     * Inputs: queries, keys, values [batch, tokens, hidden] (or keys and values by heads), a bias for the three, a mask
     * of keys, a tensor to add to the scores, a past.
     */
    static List<String> multiHead(Expansion node) {
        node.require(!node.hasInput(6) && !node.hasInput(7), "it has a past");
        node.requireUnread(1, "present keys");
        node.requireUnread(2, "present values");
        node.require(node.rank(0) == 3 && node.hasInput(1) && node.hasInput(2), "its inputs are packed");
        Heads heads = new Heads(node);
        long count = node.node().integer("num_heads", 0);
        long[] sizes = new long[3];
        for (int i = 0; i < 3; i++) {
            long[] shape = node.shape(i);
            long last = shape[shape.length - 1];
            sizes[i] = shape.length == 4 ? count * last : last;
        }
        node.require(Arrays.stream(sizes).allMatch(size -> size > 0), "the extents of its inputs are not known");
        List<String> biases = node.hasInput(3) ? node.split(node.input(3), 0, sizes) : List.of();
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            if (node.rank(i) == 4) {
                parts.add(node.input(i));
            } else {
                String part = node.input(i);
                parts.add(heads.split(biases.isEmpty() ? part : node.builder.add(part, biases.get(i)), count));
            }
        }
        return attend(node, parts, sizes[0] / count, 4, 5);
    }

    private static List<String> attend(Expansion node, List<String> parts, long size, int mask, int bias) {
        Heads heads = new Heads(node);
        String query = parts.get(0);
        String key = parts.get(1);
        float scale = node.node().real("scale", 0);
        String scores = heads.scores(query, key, scale == 0 ? 1 / Math.sqrt((double) size) : scale);
        if (node.hasInput(mask)) {
            scores = node.builder.add(scores, masked(node, heads, mask, key));
        }
        if (node.node().integer("unidirectional", 0) != 0) {
            scores = node.builder.add(scores, heads.causal(query, key));
        }
        if (node.hasInput(bias)) {
            scores = node.builder.add(scores, node.input(bias));
        }
        return List.of(heads.join(heads.weighted(scores, parts.get(2))));
    }

    /** A mask of ones and zeros, [batch, keys] or [batch, queries, keys], or the number of tokens of each row. */
    private static String masked(Expansion node, Heads heads, int input, String key) {
        GraphBuilder builder = node.builder;
        String mask = node.input(input);
        float filter = node.node().real("mask_filter_value", FILTER);
        int rank = node.rank(input);
        node.require(rank >= 1 && rank <= 3, "its mask has " + rank + " axes");
        if (rank == 1) {
            String lengths = node.emit("Unsqueeze", List.of(node.cast(mask, DataType.INT64), builder.longs(1, 2, 3)));
            return heads.where(node.emit("Less", List.of(heads.range(key, 2), lengths)), filter);
        }
        String wide = node.emit("Unsqueeze", List.of(mask, rank == 2 ? builder.longs(1, 2) : builder.longs(1)));
        String kept = node.emit("Greater", List.of(node.cast(wide, DataType.INT64), builder.longs(0)));
        return heads.where(kept, filter);
    }
}
