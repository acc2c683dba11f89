/** Images in memory and in files. */
@NullMarked
package io.tta4j.stream.image;

import org.jspecify.annotations.NullMarked;
