/** Data sets on disk: NumPy's {@code .npy} and {@code .npz}, CIFAR's binary files, and folders of images. */
@NullMarked
package io.tta4j.stream.data;

import org.jspecify.annotations.NullMarked;
