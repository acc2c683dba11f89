/**
 * The measures of a replay, of any stream and of class-incremental ones; {@code docs/protocol.md} has their formulas.
 */
@NullMarked
package io.tta4j.stream.metric;

import org.jspecify.annotations.NullMarked;
