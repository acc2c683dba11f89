package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.GraphBuilder;
import java.util.List;

/** ONNX's own Attention, of operator set 23. */
final class ScaledAttention {

    private ScaledAttention() {}

    /**
     * Inputs: queries, keys, values, [batch, heads, tokens, size] or [batch, tokens, heads * size]; a mask, boolean or
     * to be added. A past and the length of a padding are not covered.
     */
    static List<String> standard(Expansion node) {
        Heads heads = new Heads(node);
        GraphBuilder builder = node.builder;
        node.require(!node.hasInput(4) && !node.hasInput(5), "it has a past");
        node.require(!node.hasInput(6), "it is given the lengths of its keys");
        node.requireUnread(3, "scores");
        boolean flat = node.rank(0) == 3;
        long queryHeads = flat ? node.node().integer("q_num_heads", 0) : node.shape(0)[1];
        long keyHeads = flat ? node.node().integer("kv_num_heads", 0) : node.shape(1)[1];
        long last = node.shape(0)[node.rank(0) - 1];
        node.require(queryHeads > 0 && keyHeads > 0, "the number of its heads is not known");
        node.require(last > 0, "the size of its heads is not known");
        String query = flat ? heads.split(node.input(0), queryHeads) : node.input(0);
        String key = flat ? heads.split(node.input(1), keyHeads) : node.input(1);
        String value = flat ? heads.split(node.input(2), keyHeads) : node.input(2);
        String presentKey = key;
        String presentValue = value;
        key = heads.repeat(key, keyHeads, queryHeads / keyHeads);
        value = heads.repeat(value, keyHeads, queryHeads / keyHeads);

        double size = flat ? (double) last / queryHeads : last;
        String scores = heads.scores(query, key, node.node().real("scale", (float) (1 / Math.sqrt(size))));
        float cap = node.node().real("softcap", 0);
        if (cap != 0) {
            scores = builder.multiply(node.emit("Tanh", List.of(builder.multiply(scores, 1 / cap))), cap);
        }
        if (node.hasInput(3)) {
            String mask = node.input(3);
            scores = builder.add(scores, node.type(3) == DataType.BOOL ? heads.where(mask) : mask);
        }
        if (node.node().integer("is_causal", 0) != 0) {
            scores = builder.add(scores, heads.causal(query, key));
        }
        String attended = heads.weighted(scores, value);
        return List.of(flat ? heads.join(attended) : attended, presentKey, presentValue);
    }
}
