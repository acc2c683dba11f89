/** The runtime's figures for Micrometer, which is an optional dependency. */
@NullMarked
package io.tta4j.metrics;

import org.jspecify.annotations.NullMarked;
