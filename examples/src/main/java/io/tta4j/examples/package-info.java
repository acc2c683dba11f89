/** Whole programs to copy. */
@NullMarked
package io.tta4j.examples;

import org.jspecify.annotations.NullMarked;
