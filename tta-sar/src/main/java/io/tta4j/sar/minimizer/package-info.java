/** Minimizers: from a loss over a batch to the direction of a step, and from there to the next theta. */
@NullMarked
package io.tta4j.sar.minimizer;

import org.jspecify.annotations.NullMarked;
