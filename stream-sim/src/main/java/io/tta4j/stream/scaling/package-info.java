/** Tells from a model's answers, without labels, whether its input is probably scaled wrongly. */
@NullMarked
package io.tta4j.stream.scaling;

import org.jspecify.annotations.NullMarked;
