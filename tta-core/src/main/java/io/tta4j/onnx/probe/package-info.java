/** Learns about a graph by running it: constants, shapes as functions of the batch, where the batch lies. Internal. */
@NullMarked
package io.tta4j.onnx.probe;

import org.jspecify.annotations.NullMarked;
