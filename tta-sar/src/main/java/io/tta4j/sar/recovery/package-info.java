/** Recovery policies: when a state that went astray goes back to the source. */
@NullMarked
package io.tta4j.sar.recovery;

import org.jspecify.annotations.NullMarked;
