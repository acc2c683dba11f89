/**
 * What happens in the runtime, told to whoever listens. Events are plain records; one that nobody listens to is not
 * built.
 */
@org.jspecify.annotations.NullMarked
package io.tta4j.event;
