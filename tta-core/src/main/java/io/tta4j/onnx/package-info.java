/**
 * The ONNX engine: adapts the {@code .onnx} file that is served, on stock ONNX Runtime, with gradients derived in Java.
 *
 * <p>{@link io.tta4j.onnx.OnnxModel} is the way in. Needs {@code com.microsoft.onnxruntime:onnxruntime} and
 * {@code org.tribuo:tribuo-util-onnx} on the class path; both are optional dependencies of this module.
 */
@NullMarked
package io.tta4j.onnx;

import org.jspecify.annotations.NullMarked;
