/**
 * SAR, Tent and their peers: entropy minimisation on the incoming stream, as recipes of small parts.
 *
 * <p>The parts are types of their own: {@linkplain io.tta4j.sar.filter sample filters}, {@linkplain io.tta4j.sar.weight
 * weights}, {@linkplain io.tta4j.sar.objective objectives}, {@linkplain io.tta4j.sar.minimizer minimizers} and
 * {@linkplain io.tta4j.sar.recovery recovery policies}.
 */
@NullMarked
package io.tta4j.sar;

import org.jspecify.annotations.NullMarked;
