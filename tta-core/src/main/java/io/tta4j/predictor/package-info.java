/**
 * Adaptation in the shape of the Deep Java Library: a {@link ai.djl.inference.Predictor} that adapts.
 *
 * <p>{@link io.tta4j.predictor.AdaptivePredictor} is the way in. Needs {@code ai.djl:api}, and the libraries of the
 * engine that runs the model: see {@link io.tta4j.djl} for TorchScript, {@link io.tta4j.onnx} for ONNX.
 */
@NullMarked
package io.tta4j.predictor;

import org.jspecify.annotations.NullMarked;
