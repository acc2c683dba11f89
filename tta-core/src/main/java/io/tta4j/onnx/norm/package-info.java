/** Finds the norm layers of a graph, names them after their modules, and lifts their parameters to inputs. Internal. */
@NullMarked
package io.tta4j.onnx.norm;

import org.jspecify.annotations.NullMarked;
