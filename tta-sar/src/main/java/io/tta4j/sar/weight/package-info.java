/** Weights: how much each reliable sample counts in the loss of its batch. */
@NullMarked
package io.tta4j.sar.weight;

import org.jspecify.annotations.NullMarked;
