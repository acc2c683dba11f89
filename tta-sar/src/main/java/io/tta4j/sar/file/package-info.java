/** Files of what was learned of source data. */
@NullMarked
package io.tta4j.sar.file;

import org.jspecify.annotations.NullMarked;
