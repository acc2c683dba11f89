package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.function.UnaryOperator;

/**
 * Gives tensors other names, in nodes and in the bodies that they carry.
 *
 * @param names the new name of a tensor
 */
record Renaming(UnaryOperator<String> names) {

    String of(String tensor) {
        return tensor.isEmpty() ? tensor : names.apply(tensor);
    }

    TensorProto of(TensorProto tensor) {
        return tensor.toBuilder().setName(of(tensor.getName())).build();
    }

    NodeProto of(NodeProto node) {
        NodeProto.Builder renamed = node.toBuilder();
        for (int i = 0; i < node.getInputCount(); i++) {
            renamed.setInput(i, of(node.getInput(i)));
        }
        for (int i = 0; i < node.getOutputCount(); i++) {
            renamed.setOutput(i, of(node.getOutput(i)));
        }
        for (int i = 0; i < node.getAttributeCount(); i++) {
            AttributeProto attribute = node.getAttribute(i);
            if (attribute.hasG()) {
                renamed.setAttribute(i, attribute.toBuilder().setG(of(attribute.getG())));
            }
        }
        return renamed.build();
    }

    private GraphProto of(GraphProto body) {
        GraphProto.Builder renamed = body.toBuilder().clearValueInfo();
        for (int i = 0; i < body.getInputCount(); i++) {
            renamed.getInputBuilder(i).setName(of(body.getInput(i).getName()));
        }
        for (int i = 0; i < body.getOutputCount(); i++) {
            renamed.getOutputBuilder(i).setName(of(body.getOutput(i).getName()));
        }
        for (int i = 0; i < body.getInitializerCount(); i++) {
            renamed.setInitializer(i, of(body.getInitializer(i)));
        }
        for (int i = 0; i < body.getNodeCount(); i++) {
            renamed.setNode(i, of(body.getNode(i)));
        }
        return renamed.build();
    }
}
