/**
 * Steps in slices between requests: {@link io.tta4j.slice.SlicedModel} cuts what a step runs into slices of rows,
 * {@link io.tta4j.slice.Pace} says when each may begin. Of the runtime; not for use by others.
 */
@org.jspecify.annotations.NullMarked
package io.tta4j.slice;
