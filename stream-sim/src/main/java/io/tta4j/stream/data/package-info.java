/** Arrays and image sets on disk: NumPy's {@code .npy} and {@code .npz}, and folders laid out as CIFAR-10-C is. */
@NullMarked
package io.tta4j.stream.data;

import org.jspecify.annotations.NullMarked;
