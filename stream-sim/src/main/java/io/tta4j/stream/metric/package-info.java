/** The measures of class-incremental streams. */
@NullMarked
package io.tta4j.stream.metric;

import org.jspecify.annotations.NullMarked;
