/**
 * What engines have in common: passes, leases of native memory, and random inputs to probe a model with.
 *
 * <p>For engines only; users of the library need nothing of it.
 */
@NullMarked
package io.tta4j.engine;

import org.jspecify.annotations.NullMarked;
