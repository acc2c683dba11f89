package io.tta4j.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** One operator of a graph. Compared by identity: the same node read twice is two nodes. */
public final class Node {

    private static final Pattern QUANTIZED = Pattern.compile(
            "^QLinear|^QAttention|^QEmbed|^QGemm|^QMoE|QuantizeLinear$|QuantizeMatMul$|QuantizeLSTM$|Integer$|IntegerToFloat$|NBits$");

    private final NodeProto proto;

    Node(NodeProto proto) {
        this.proto = proto;
    }

    public NodeProto proto() {
        return proto;
    }

    /** The operator, such as {@code Conv}; other domains than ONNX's own are written in front, with a dot. */
    public String operator() {
        return Graph.isStandard(proto.getDomain()) ? proto.getOpType() : proto.getDomain() + "." + proto.getOpType();
    }

    /** The exporter's name of this node; of its first output where it has none. */
    public String name() {
        return proto.getName().isEmpty() ? proto.getOutput(0) : proto.getName();
    }

    public List<String> inputs() {
        return proto.getInputList();
    }

    public String input(int index) {
        return proto.getInput(index);
    }

    /** All that this node reads: its inputs and, for branches and loops, what their bodies take from outside. */
    public Set<String> reads() {
        return reads(proto);
    }

    private static Set<String> reads(NodeProto node) {
        Set<String> read = new LinkedHashSet<>(node.getInputList());
        node.getAttributeList().stream()
                .filter(AttributeProto::hasG)
                .forEach(attribute -> read.addAll(captured(attribute.getG())));
        read.remove("");
        return read;
    }

    private static Set<String> captured(GraphProto body) {
        Set<String> read = new LinkedHashSet<>();
        body.getNodeList().forEach(node -> read.addAll(reads(node)));
        body.getOutputList().forEach(output -> read.add(output.getName()));
        body.getNodeList().forEach(node -> read.removeAll(node.getOutputList()));
        body.getInputList().forEach(input -> read.remove(input.getName()));
        body.getInitializerList().forEach(tensor -> read.remove(tensor.getName()));
        return read;
    }

    /** Whether an optional input is given. */
    public boolean hasInput(int index) {
        return index < proto.getInputCount() && !proto.getInput(index).isEmpty();
    }

    public List<String> outputs() {
        return proto.getOutputList();
    }

    /** The first output. */
    public String output() {
        return proto.getOutput(0);
    }

    public boolean hasAttribute(String attribute) {
        return attribute(attribute).isPresent();
    }

    public long integer(String attribute, long otherwise) {
        return attribute(attribute).map(AttributeProto::getI).orElse(otherwise);
    }

    public float real(String attribute, float otherwise) {
        return attribute(attribute).map(AttributeProto::getF).orElse(otherwise);
    }

    public String text(String attribute, String otherwise) {
        return attribute(attribute).map(a -> a.getS().toStringUtf8()).orElse(otherwise);
    }

    /** A list of integers; {@code otherwise} where it is not given. */
    public long[] integers(String attribute, long... otherwise) {
        return attribute(attribute)
                .map(a -> a.getIntsList().stream().mapToLong(Long::longValue).toArray())
                .orElse(otherwise);
    }

    /** A list of reals; none where it is not given. */
    public float[] reals(String attribute) {
        return attribute(attribute)
                .map(a -> {
                    float[] values = new float[a.getFloatsCount()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = a.getFloats(i);
                    }
                    return values;
                })
                .orElse(new float[0]);
    }

    public Optional<TensorProto> tensor(String attribute) {
        return attribute(attribute).map(AttributeProto::getT);
    }

    /** What the exporter noted about this node under a key. */
    public Optional<String> metadata(String key) {
        return proto.getMetadataPropsList().stream()
                .filter(entry -> entry.getKey().equals(key))
                .map(StringStringEntryProto::getValue)
                .findFirst();
    }

    private Optional<AttributeProto> attribute(String attribute) {
        return proto.getAttributeList().stream()
                .filter(a -> a.getName().equals(attribute))
                .findFirst();
    }

    /** Whether this node makes, reads or computes in integers that stand for floats. */
    public boolean isQuantized() {
        return QUANTIZED.matcher(proto.getOpType()).find();
    }

    @Override
    public String toString() {
        return operator() + " node '" + name() + "'";
    }
}
