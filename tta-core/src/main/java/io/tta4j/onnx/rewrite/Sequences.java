package io.tta4j.onnx.rewrite;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;

import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import java.util.ArrayList;
import java.util.List;

/** Lists of tensors whose parts are known: PyTorch's exporter writes them for splits when it must not optimise. */
final class Sequences {

    private Sequences() {}

    /** Whether a node reads lists, which have neither an element type nor a shape. */
    static boolean reads(Node node) {
        return node.operator().equals("SequenceAt") || node.operator().equals("ConcatFromSequence");
    }

    /** One part of a list. */
    static List<String> at(Expansion node) {
        long[] positions = node.integers(1).orElseThrow(() -> new Irreplaceable("its position is not constant"));
        Node list = node.producer(0).orElseThrow(() -> new Irreplaceable("its list is an input"));
        int position = Math.toIntExact(positions[0]);
        return List.of(
                switch (list.operator()) {
                    case "SequenceConstruct" ->
                        list.input(position < 0 ? position + list.inputs().size() : position);
                    case "SplitToSequence" -> part(node, list, position);
                    default -> throw new Irreplaceable("its list comes from a " + list.operator());
                });
    }

    private static String part(Expansion node, Node split, int position) {
        node.require(position >= 0, "its position counts from the end");
        GraphBuilder builder = node.builder;
        long axis = split.integer("axis", 0);
        if (!split.hasInput(1)) {
            boolean keeps = split.integer("keepdims", 1) != 0;
            String index = keeps ? builder.longs(position) : node.scalar(position);
            return node.emit("Gather", List.of(split.input(0), index), attribute("axis", axis));
        }
        long[] lengths = node.integersOf(split.input(1))
                .orElseThrow(() -> new Irreplaceable("the lengths of its parts are not constant"));
        boolean equal = node.isScalar(split.input(1));
        long from = 0;
        for (int i = 0; i < position; i++) {
            from += lengths[equal ? 0 : i];
        }
        long to = from + lengths[equal ? 0 : position];
        return node.emit("Slice", List.of(split.input(0), builder.longs(from), builder.longs(to), builder.longs(axis)));
    }

    /** The parts of a list, joined along an axis of theirs or a new one. */
    static List<String> concat(Expansion node) {
        Node list = node.producer(0)
                .filter(producer -> producer.operator().equals("SequenceConstruct"))
                .orElseThrow(() -> new Irreplaceable("its list is not known"));
        long axis = node.node().integer("axis", 0);
        List<String> parts = new ArrayList<>(list.inputs());
        if (node.node().integer("new_axis", 0) != 0) {
            parts.replaceAll(part -> node.emit("Unsqueeze", List.of(part, node.builder.longs(axis))));
        }
        return List.of(node.concat(parts, axis));
    }
}
