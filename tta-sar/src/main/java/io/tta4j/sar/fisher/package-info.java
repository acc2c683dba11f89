/** The Fisher information of the source: which parameters matter to what the model knew. */
@NullMarked
package io.tta4j.sar.fisher;

import org.jspecify.annotations.NullMarked;
