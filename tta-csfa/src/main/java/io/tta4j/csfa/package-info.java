/**
 * CSFA: sharpness-aware surrogate-gap minimisation (RSGS) and calibrated prototypes for new classes in a drifting
 * stream (Yu, Lu and Zhang, arXiv 2506.05736). Nothing is here yet; the module holds the place in the build.
 */
@NullMarked
package io.tta4j.csfa;

import org.jspecify.annotations.NullMarked;
