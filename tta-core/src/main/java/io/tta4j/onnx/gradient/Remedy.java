package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.Node;
import java.util.Set;

/** What to do about a node that gradients cannot pass. */
final class Remedy {

    private static final Set<String> BODIES = Set.of("If", "Loop", "Scan");

    private Remedy() {}

    static String of(Node node) {
        String operator = node.operator();
        if (BODIES.contains(operator)) {
            return "; its bodies read what is adapted: export the model with the branch that is taken, or the loop"
                    + " unrolled, as tracing does";
        }
        if (node.isQuantized()) {
            return "; it computes in integers: adapt the float model that was quantised";
        }
        return "; export the model with another form of this operation, or report the operator";
    }
}
