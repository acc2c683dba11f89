package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.Set;

/**
 * A differentiated graph, as a graph of its own.
 *
 * @param model inputs: {@link Differentiator#SEED}, theta and the kept activations; outputs:
 *     {@link Differentiator#GRADIENT} [P] and, where samples can be told apart, {@link Differentiator#SAMPLE_GRADIENT}
 *     [N, P]
 * @param kept the activations of the forward pass that it reads
 * @param perSample whether there are per-sample gradients
 */
public record Pullback(ModelProto model, Set<String> kept, boolean perSample) {}
