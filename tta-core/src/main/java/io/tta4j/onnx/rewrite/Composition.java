package io.tta4j.onnx.rewrite;

import java.util.List;

/** How one operator is put together from standard ones. */
interface Composition {

    /**
     * Emits the standard operators.
     *
     * @return the tensors that take the place of the node's outputs, as many as are known; an empty name for one that
     *     has no counterpart
     * @throws Irreplaceable if the operator is used in a way that is not covered
     */
    List<String> expand(Expansion node);
}
