/**
 * What an adaptation method is: two pure functions over an immutable state, found through
 * {@link java.util.ServiceLoader}. No method knows which engine runs the model.
 */
@NullMarked
package io.tta4j.method;

import org.jspecify.annotations.NullMarked;
