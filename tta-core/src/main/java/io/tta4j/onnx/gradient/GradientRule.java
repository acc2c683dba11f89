package io.tta4j.onnx.gradient;

/** How one operator hands the gradient of its outputs on to its inputs. */
@FunctionalInterface
interface GradientRule {

    /**
     * Emits the gradient of each input that {@link NodeGradient#wants} one, given those of the outputs.
     *
     * @throws UnsupportedGradient if this use of the operator has no rule
     */
    void apply(NodeGradient node);
}
