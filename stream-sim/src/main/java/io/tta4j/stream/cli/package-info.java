/** The {@code tta} command line. */
@NullMarked
package io.tta4j.stream.cli;

import org.jspecify.annotations.NullMarked;
