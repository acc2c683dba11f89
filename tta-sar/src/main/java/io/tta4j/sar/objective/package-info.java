/** Objectives: a loss on one sample's logits and its derivative, in closed form. */
@NullMarked
package io.tta4j.sar.objective;

import org.jspecify.annotations.NullMarked;
