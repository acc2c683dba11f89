/** The file format of what is learned: of source data, and from streams. */
@NullMarked
package io.tta4j.file;

import org.jspecify.annotations.NullMarked;
