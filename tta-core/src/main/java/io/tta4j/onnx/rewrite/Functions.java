package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts the bodies of a model's own functions in the place of their calls. */
final class Functions {

    private final Map<List<String>, FunctionProto> functions = new HashMap<>();

    private Functions(ModelProto model) {
        Map<String, Long> versions = versions(model.getOpsetImportList());
        for (FunctionProto function : model.getFunctionsList()) {
            versions(function.getOpsetImportList()).forEach((domain, version) -> {
                Long ours = versions.get(domain);
                if (ours != null && !ours.equals(version)) {
                    throw new ModelException(
                            "function '%s' is written in operator set %d of domain '%s', but the model in %d; export it again in one"
                                    .formatted(function.getName(), version, domain, ours));
                }
            });
            functions.put(List.of(plain(function.getDomain()), function.getName(), function.getOverload()), function);
        }
    }

    /** The same model without functions. */
    static Graph inlined(Graph graph) {
        ModelProto model = graph.model();
        if (model.getFunctionsCount() == 0) {
            return graph;
        }
        Functions functions = new Functions(model);
        ModelProto.Builder inlined = model.toBuilder().clearFunctions();
        inlined.getGraphBuilder()
                .clearNode()
                .addAllNode(functions.inlined(model.getGraph().getNodeList()));
        Set<String> imported =
                new HashSet<>(versions(model.getOpsetImportList()).keySet());
        for (FunctionProto function : model.getFunctionsList()) {
            for (OperatorSetIdProto opset : function.getOpsetImportList()) {
                if (imported.add(plain(opset.getDomain()))) {
                    inlined.addOpsetImport(opset);
                }
            }
        }
        return new Graph(inlined.build());
    }

    private static Map<String, Long> versions(List<OperatorSetIdProto> opsets) {
        Map<String, Long> versions = new HashMap<>();
        opsets.forEach(opset -> versions.put(plain(opset.getDomain()), opset.getVersion()));
        return versions;
    }

    private static String plain(String domain) {
        return domain.equals("ai.onnx") ? "" : domain;
    }

    private List<NodeProto> inlined(List<NodeProto> nodes) {
        List<NodeProto> flat = new ArrayList<>();
        for (NodeProto node : nodes) {
            FunctionProto function =
                    functions.get(List.of(plain(node.getDomain()), node.getOpType(), node.getOverload()));
            if (function == null) {
                flat.add(withInlinedBodies(node));
            } else {
                flat.addAll(inlined(body(node, function)));
            }
        }
        return flat;
    }

    private NodeProto withInlinedBodies(NodeProto node) {
        NodeProto.Builder changed = node.toBuilder();
        for (int i = 0; i < node.getAttributeCount(); i++) {
            if (node.getAttribute(i).hasG()) {
                GraphProto.Builder body = changed.getAttributeBuilder(i).getGBuilder();
                List<NodeProto> flat = inlined(body.getNodeList());
                body.clearNode().addAllNode(flat);
            }
        }
        return changed.build();
    }

    /** A function's nodes as one call means them. */
    private static List<NodeProto> body(NodeProto call, FunctionProto function) {
        Map<String, String> bound = new HashMap<>();
        for (int i = 0; i < function.getInputCount(); i++) {
            bound.put(function.getInput(i), i < call.getInputCount() ? call.getInput(i) : "");
        }
        List<NodeProto> handedOn = new ArrayList<>();
        for (int i = 0; i < call.getOutputCount(); i++) {
            String result = call.getOutput(i);
            String source = function.getOutput(i);
            if (result.isEmpty()) {
                continue;
            }
            if (bound.containsKey(source)) {
                handedOn.add(NodeProto.newBuilder()
                        .setOpType("Identity")
                        .addInput(bound.get(source))
                        .addOutput(result)
                        .build());
            } else {
                bound.put(source, result);
            }
        }
        String scope = GraphBuilder.PREFIX
                + call.getOutputList().stream()
                        .filter(output -> !output.isEmpty())
                        .findFirst()
                        .orElse(call.getName())
                + "/";
        Renaming renaming = new Renaming(tensor -> bound.getOrDefault(tensor, scope + tensor));
        List<NodeProto> nodes = new ArrayList<>();
        for (NodeProto node : function.getNodeList()) {
            nodes.add(named(call, renaming.of(bind(call, function, node))));
        }
        handedOn.forEach(node -> nodes.add(named(call, node)));
        return nodes;
    }

    /** Puts the call's attributes, or the function's defaults, where the body refers to them. */
    private static NodeProto bind(NodeProto call, FunctionProto function, NodeProto node) {
        NodeProto.Builder changed = node.toBuilder().clearAttribute();
        for (AttributeProto attribute : node.getAttributeList()) {
            if (!attribute.getRefAttrName().isEmpty()) {
                attribute(call.getAttributeList(), attribute.getRefAttrName())
                        .or(() -> attribute(function.getAttributeProtoList(), attribute.getRefAttrName()))
                        .ifPresent(
                                value -> changed.addAttribute(value.toBuilder().setName(attribute.getName())));
            } else if (attribute.hasG()) {
                GraphProto.Builder body = attribute.getG().toBuilder().clearNode();
                attribute.getG().getNodeList().forEach(inner -> body.addNode(bind(call, function, inner)));
                changed.addAttribute(attribute.toBuilder().setG(body));
            } else {
                changed.addAttribute(attribute);
            }
        }
        return changed.build();
    }

    private static Optional<AttributeProto> attribute(List<AttributeProto> attributes, String name) {
        return attributes.stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst();
    }

    /**
     * A node of a body lies in the scope of the call, and takes over what it says of itself only where it is silent.
     */
    private static NodeProto named(NodeProto call, NodeProto node) {
        NodeProto.Builder named = node.toBuilder();
        if (!call.getName().isEmpty()) {
            String own = node.getName().isEmpty() ? node.getOpType() : node.getName();
            named.setName(call.getName() + (own.startsWith("/") ? "" : "/") + own);
        }
        Set<String> said = new HashSet<>();
        node.getMetadataPropsList().forEach(entry -> said.add(entry.getKey()));
        for (StringStringEntryProto entry : call.getMetadataPropsList()) {
            if (said.add(entry.getKey())) {
                named.addMetadataProps(entry);
            }
        }
        return named.build();
    }
}
