/** Prequential replay: a model meets a stream batch by batch, is scored on each answer, and only then adapts. */
@NullMarked
package io.tta4j.stream.replay;

import org.jspecify.annotations.NullMarked;
