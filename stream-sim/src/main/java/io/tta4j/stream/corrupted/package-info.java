/** Corrupted sets on the disk: CIFAR-10-C's layout, and trees of image files as ImageNet-C's. */
@NullMarked
package io.tta4j.stream.corrupted;

import org.jspecify.annotations.NullMarked;
