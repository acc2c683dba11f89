/**
 * Reverse-mode differentiation of ONNX graphs, written as ONNX graphs: one small rule per operator, one fused rule for
 * norm layers. Internal.
 */
@NullMarked
package io.tta4j.onnx.gradient;

import org.jspecify.annotations.NullMarked;
