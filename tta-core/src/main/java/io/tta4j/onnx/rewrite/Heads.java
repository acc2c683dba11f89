package io.tta4j.onnx.rewrite;

import io.tta4j.onnx.graph.GraphBuilder;
import java.util.List;
import java.util.stream.LongStream;

/** Scaled dot-product attention over tensors [batch, heads, tokens, head size], in standard operators. */
final class Heads {

    /** Added to a score, it leaves nothing of it. */
    private static final double NONE = -Float.MAX_VALUE;

    private final Expansion node;
    private final GraphBuilder builder;

    Heads(Expansion node) {
        this.node = node;
        this.builder = node.builder;
    }

    /** [batch, tokens, heads * size] as [batch, heads, tokens, size]. */
    String split(String tensor, long heads) {
        return builder.transpose(builder.reshape(tensor, 0, 0, heads, -1), 0, 2, 1, 3);
    }

    /** The way back. */
    String join(String tensor) {
        return builder.reshape(builder.transpose(tensor, 0, 2, 1, 3), 0, 0, -1);
    }

    /** Every head so many times in a row, where several queries share a key. */
    String repeat(String tensor, long heads, long times) {
        long[] order =
                LongStream.range(0, heads * times).map(head -> head / times).toArray();
        return times == 1
                ? tensor
                : node.emit("Gather", List.of(tensor, builder.longs(order)), GraphBuilder.attribute("axis", 1));
    }

    /** The products of queries with keys, [batch, heads, queries, keys]. */
    String scores(String query, String key, double scale) {
        return node.emit("MatMul", List.of(builder.multiply(query, scale), builder.transpose(key, 0, 1, 3, 2)));
    }

    String weighted(String scores, String value) {
        String weights = node.emit("Softmax", List.of(scores), GraphBuilder.attribute("axis", -1));
        return node.emit("MatMul", List.of(weights, value));
    }

    /** What to add to scores so that only those count where a condition holds. */
    String where(String condition, double otherwise) {
        return node.emit("Where", List.of(condition, builder.scalar(0), builder.scalar(otherwise)));
    }

    String where(String condition) {
        return where(condition, NONE);
    }

    /** What to add so that no query sees a later key: [queries, keys]. */
    String causal(String query, String key) {
        String rows = builder.emit("Unsqueeze", List.of(range(query, 2), builder.longs(1)));
        return where(node.emit("GreaterOrEqual", List.of(rows, range(key, 2))));
    }

    /** 0, 1, ... along an axis. */
    String range(String tensor, long axis) {
        String extent = node.emit("Squeeze", List.of(node.extents(tensor, axis, axis + 1), builder.longs(0)));
        return node.emit("Range", List.of(node.scalar(0), extent, node.scalar(1)));
    }
}
