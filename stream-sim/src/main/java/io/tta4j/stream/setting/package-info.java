/** The settings of the field: in which order a model meets which corrupted images. */
@NullMarked
package io.tta4j.stream.setting;

import org.jspecify.annotations.NullMarked;
