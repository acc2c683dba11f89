/** The runtime: {@link io.tta4j.AdaptiveModel} puts an adaptation method around a served model. */
@NullMarked
package io.tta4j;

import org.jspecify.annotations.NullMarked;
