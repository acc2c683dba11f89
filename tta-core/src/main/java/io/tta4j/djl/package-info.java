/**
 * The DJL engine: adapts TorchScript modules on PyTorch's native library, with gradients by its autograd.
 *
 * <p>{@link io.tta4j.djl.DjlModel} is the way in. Needs {@code ai.djl:api} and {@code ai.djl.pytorch:pytorch-engine} on
 * the class path, which are optional dependencies of this module, and native code for the platform:
 * {@code ai.djl.pytorch:pytorch-jni} and {@code ai.djl.pytorch:pytorch-native-cpu}.
 */
@NullMarked
package io.tta4j.djl;

import org.jspecify.annotations.NullMarked;
