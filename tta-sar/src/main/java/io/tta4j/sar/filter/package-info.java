/** Sample filters: which samples of a batch are worth learning from. */
@NullMarked
package io.tta4j.sar.filter;

import org.jspecify.annotations.NullMarked;
