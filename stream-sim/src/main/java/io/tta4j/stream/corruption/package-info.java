/** Common corruptions after Hendrycks and Dietterich (2019), with the severities of CIFAR-10-C and of ImageNet-C. */
@NullMarked
package io.tta4j.stream.corruption;

import org.jspecify.annotations.NullMarked;
