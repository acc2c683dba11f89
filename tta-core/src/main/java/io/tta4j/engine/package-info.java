/**
 * Engines: the choice of one for a file ({@link io.tta4j.engine.Engines}), what any of them can be told and says, and
 * what they have in common: passes, leases of native memory, and random inputs to probe a model with.
 */
@NullMarked
package io.tta4j.engine;

import org.jspecify.annotations.NullMarked;
