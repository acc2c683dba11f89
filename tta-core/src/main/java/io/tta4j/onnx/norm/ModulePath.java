package io.tta4j.onnx.norm;

import io.tta4j.onnx.graph.Node;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The dotted module path of a node, as both of PyTorch's exporters leave traces of it.
 *
 * <p>The initializer's name comes last: exporters merge equal tensors, so one initializer may serve many layers under
 * the name of one.
 */
final class ModulePath {

    private static final String NAME_SCOPES = "pkg.torch.onnx.name_scopes";
    private static final Pattern QUOTED = Pattern.compile("'([^']*)'");
    private static final Pattern PARAMETER = Pattern.compile("(.+)\\.(weight|bias|gamma|beta|scale)");

    private ModulePath() {}

    static String of(Node node, String parameter) {
        return fromNameScopes(node)
                .or(() -> fromNodeName(node))
                .or(() -> fromParameter(parameter))
                .orElse(node.name());
    }

    /**
     * The same where no other node reads the parameter, so that it goes by its own name. TorchScript leaves out of a
     * node's name the modules around one that is called past them, such as {@code self.head.norm(x)}.
     */
    static String ofOwner(Node node, String parameter) {
        String path = of(node, parameter);
        return fromParameter(parameter)
                .filter(owner -> owner.endsWith("." + path))
                .orElse(path);
    }

    /**
     * The path of a convolution. Where an exporter has folded batch norm into it, the node goes by the scopes of the
     * batch norm, and only the weights keep the name of the convolution.
     */
    static String ofConvolution(Node node) {
        return lastScope(node)
                .filter(scope -> scope.startsWith("conv"))
                .flatMap(scope -> fromNameScopes(node))
                .or(() -> fromNodeName(node))
                .or(() -> fromParameter(node.input(1)))
                .or(() -> fromNameScopes(node))
                .orElse(node.name());
    }

    /** Whether the exporter notes that the node came of a batch norm: a convolution then has swallowed it. */
    static boolean comesOfBatchNorm(Node node) {
        return lastScope(node).filter(scope -> scope.contains("batch_norm")).isPresent();
    }

    /**
     * {@code ['', 'layer1', 'layer1.0', 'layer1.0.norm1', 'layer1.0', 'layer1.0.norm1', 'group_norm_1']}: the entry
     * before the last.
     */
    static Optional<String> fromNameScopes(Node node) {
        List<String> scopes = scopes(node);
        return scopes.size() < 2
                ? Optional.empty()
                : Optional.of(scopes.get(scopes.size() - 2)).filter(path -> !path.isEmpty());
    }

    /** What the node is an output of, such as {@code group_norm_1}. */
    private static Optional<String> lastScope(Node node) {
        List<String> scopes = scopes(node);
        return scopes.isEmpty() ? Optional.empty() : Optional.of(scopes.get(scopes.size() - 1));
    }

    private static List<String> scopes(Node node) {
        return node.metadata(NAME_SCOPES).stream()
                .flatMap(scopes -> QUOTED.matcher(scopes).results())
                .map(result -> result.group(1))
                .toList();
    }

    /**
     * {@code /layer1/layer1.0/norm1/Mul} is {@code layer1.0.norm1}: children of a sequence repeat its name, others do
     * not.
     */
    static Optional<String> fromNodeName(Node node) {
        String[] scopes = node.proto().getName().split("/", -1);
        if (scopes.length < 3 || !scopes[0].isEmpty()) {
            return Optional.empty();
        }
        String path = "";
        String parent = "";
        for (int i = 1; i < scopes.length - 1; i++) {
            String scope = scopes[i];
            if (!parent.isEmpty() && scope.startsWith(parent + ".")) {
                path = path.substring(0, path.length() - parent.length()) + scope;
            } else {
                path = path.isEmpty() ? scope : path + "." + scope;
            }
            parent = scope;
        }
        return Optional.of(path);
    }

    static Optional<String> fromParameter(String parameter) {
        Matcher matcher = PARAMETER.matcher(parameter);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
