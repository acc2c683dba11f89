/** Inputs whose shapes are destroyed. */
@NullMarked
package io.tta4j.sar.patch;

import org.jspecify.annotations.NullMarked;
