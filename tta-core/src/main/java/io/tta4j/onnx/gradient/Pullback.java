package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.List;

/**
 * A differentiated graph.
 *
 * @param model inputs: {@link Differentiator#SEED}, theta and what is kept, or the inputs of the network where it does
 *     the forward pass again; outputs: {@link Differentiator#GRADIENT} [P] and, where samples can be told apart,
 *     {@link Differentiator#SAMPLE_GRADIENT} [N, P]
 * @param kept the activations of the forward pass that it reads; empty where it does the forward pass again
 * @param perSample whether there are per-sample gradients
 */
public record Pullback(ModelProto model, List<Kept> kept, boolean perSample) {}
