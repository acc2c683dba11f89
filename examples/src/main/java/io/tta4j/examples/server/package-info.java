/**
 * An inference server that speaks the Open Inference Protocol v2 over REST and adapts to the streams it serves. Wants
 * to be copied: {@code Server} is the program, {@code InferenceServer} what it starts, {@code ServedModel} what is
 * served.
 */
@NullMarked
package io.tta4j.examples.server;

import org.jspecify.annotations.NullMarked;
