/** Our own small facade over ONNX protobuf messages: graphs, nodes, and a builder for new graphs. Internal. */
@NullMarked
package io.tta4j.onnx.graph;

import org.jspecify.annotations.NullMarked;
