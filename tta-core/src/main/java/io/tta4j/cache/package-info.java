/**
 * Streams in memory and their way to the store and back: {@link io.tta4j.cache.StateCache}, and how many bytes a state
 * takes. Of the runtime; not for use by others.
 */
@org.jspecify.annotations.NullMarked
package io.tta4j.cache;
