/**
 * The model abstraction: a pure function of (inputs, affine parameters) with a pullback.
 *
 * <p>Engines implement {@link io.tta4j.model.AdaptableModel}; adaptation methods see nothing else of a model.
 */
@NullMarked
package io.tta4j.model;

import org.jspecify.annotations.NullMarked;
