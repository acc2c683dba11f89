/** ONNX Runtime sessions and the native tensors that go in and out of them. Internal. */
@NullMarked
package io.tta4j.onnx.session;

import org.jspecify.annotations.NullMarked;
