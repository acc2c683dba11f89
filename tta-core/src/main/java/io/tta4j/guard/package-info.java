/**
 * What keeps a stream's state sound: a gate before a step, and guards that judge its outcome. Pure functions; what they
 * remember about a stream lies in its {@link io.tta4j.method.State} under names that begin with {@code guard.}.
 */
@NullMarked
package io.tta4j.guard;

import org.jspecify.annotations.NullMarked;
