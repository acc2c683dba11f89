/**
 * CSFA: sharpness-aware surrogate-gap minimisation (RSGS) for a drifting stream (Yu, Lu and Zhang, arXiv 2506.05736).
 */
@NullMarked
package io.tta4j.csfa;

import org.jspecify.annotations.NullMarked;
