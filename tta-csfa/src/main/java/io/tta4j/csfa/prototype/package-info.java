/** Prototypes: where classes lie among features, how new ones are calibrated, and what lies near none. */
@NullMarked
package io.tta4j.csfa.prototype;

import org.jspecify.annotations.NullMarked;
