package io.tta4j.onnx.rewrite;

import io.tta4j.onnx.graph.GraphBuilder;
import java.util.List;

/** Rotary position embeddings: pairs of features turned by angles that grow with the position. */
final class Rotation {

    private static final long END = Integer.MAX_VALUE;

    private Rotation() {}

    /** Inputs: tokens, cosines, sines, and positions where cosines and sines are tables. */
    static List<String> standard(Expansion node) {
        return rotate(node, 1, 2, node.hasInput(3) ? node.input(3) : "");
    }

    /** Inputs: tokens, positions (or one, that of every row's first token), a table of cosines, one of sines. */
    static List<String> contributed(Expansion node) {
        node.require(node.node().real("scale", 1) == 1, "it scales");
        node.require(node.node().integer("is_packed_batching", 0) == 0, "its batch is packed");
        String positions = node.input(1);
        if (node.rank(1) == 1) {
            long tokens = node.rank(0) == 4 ? 2 : 1;
            String steps = new Heads(node).range(node.input(0), tokens);
            positions = node.emit("Unsqueeze", List.of(node.builder.add(steps, positions), node.builder.longs(0)));
        }
        return rotate(node, 2, 3, positions);
    }

    private static List<String> rotate(Expansion node, int cosines, int sines, String positions) {
        GraphBuilder builder = node.builder;
        long half = node.shape(cosines)[node.rank(cosines) - 1];
        node.require(half > 0, "the extent of its cosines is not known");
        boolean flat = node.rank(0) == 3;
        long heads = node.node().integer("num_heads", 0);
        String x = node.input(0);
        if (flat) {
            x = heads > 0 ? builder.reshape(x, 0, 0, heads, -1) : builder.reshape(x, 0, 0, -1, 2 * half);
        }
        String cosine = angles(node, node.input(cosines), positions, flat);
        String sine = angles(node, node.input(sines), positions, flat);

        boolean interleaved = node.node().integer("interleaved", 0) != 0;
        String turning = slice(node, x, 0, 2 * half);
        List<String> pair = interleaved
                ? node.split(builder.reshape(turning, 0, 0, 0, -1, 2), -1, 1, 1).stream()
                        .map(part -> builder.reshape(part, 0, 0, 0, -1))
                        .toList()
                : node.split(turning, -1, half, half);
        String first = builder.subtract(builder.multiply(cosine, pair.get(0)), builder.multiply(sine, pair.get(1)));
        String second = builder.add(builder.multiply(sine, pair.get(0)), builder.multiply(cosine, pair.get(1)));
        String turned = interleaved
                ? builder.reshape(node.concat(List.of(column(node, first), column(node, second)), -1), 0, 0, 0, -1)
                : node.concat(List.of(first, second), -1);
        if (node.node().integer("rotary_embedding_dim", 0) != 0) {
            turned = node.concat(List.of(turned, slice(node, x, 2 * half, END)), -1);
        }
        return List.of(flat ? builder.reshape(turned, 0, 0, -1) : turned);
    }

    /** One angle's cosine or sine for every token, with an axis for the heads. */
    private static String angles(Expansion node, String table, String positions, boolean tokensFirst) {
        String rows = positions.isEmpty() ? table : node.emit("Gather", List.of(table, positions));
        return node.emit("Unsqueeze", List.of(rows, node.builder.longs(tokensFirst ? 2 : 1)));
    }

    private static String slice(Expansion node, String tensor, long from, long to) {
        GraphBuilder builder = node.builder;
        return node.emit("Slice", List.of(tensor, builder.longs(from), builder.longs(to), builder.longs(-1)));
    }

    private static String column(Expansion node, String tensor) {
        return node.emit("Unsqueeze", List.of(tensor, node.builder.longs(-1)));
    }
}
