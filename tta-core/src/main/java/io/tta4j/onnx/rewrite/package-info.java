/**
 * Brings a graph into canonical form: standard operators, one by one, whatever fused, composed or wrapped them in
 * functions. Internal.
 */
@NullMarked
package io.tta4j.onnx.rewrite;

import org.jspecify.annotations.NullMarked;
