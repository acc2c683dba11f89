package io.tta4j.onnx.norm;

import io.tta4j.onnx.graph.Node;
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

    /** {@code ['', 'layer1', 'layer1.0', 'layer1.0.norm1', 'group_norm_1']}: the entry before the last. */
    static Optional<String> fromNameScopes(Node node) {
        return node.metadata(NAME_SCOPES).flatMap(scopes -> {
            String last = "";
            String beforeLast = "";
            Matcher matcher = QUOTED.matcher(scopes);
            while (matcher.find()) {
                beforeLast = last;
                last = matcher.group(1);
            }
            return Optional.of(beforeLast).filter(path -> !path.isEmpty());
        });
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
