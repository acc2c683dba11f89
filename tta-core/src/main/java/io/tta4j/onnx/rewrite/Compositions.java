package io.tta4j.onnx.rewrite;

import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import java.util.Map;
import java.util.Optional;

/** Which composition goes with which operator. */
final class Compositions {

    private static final Map<String, Composition> COMPOSITIONS = Map.ofEntries(
            Map.entry("Attention", ScaledAttention::standard),
            Map.entry("CastLike", Elementwise::castLike),
            Map.entry("ConcatFromSequence", Sequences::concat),
            Map.entry("LSTM", Recurrence::longShortTerm),
            Map.entry("LpNormalization", NormLayers::lpNormalization),
            Map.entry("MeanVarianceNormalization", NormLayers::meanVariance),
            Map.entry("RotaryEmbedding", Rotation::standard),
            Map.entry("SequenceAt", Sequences::at),
            Map.entry("Swish", Elementwise::swish),
            Map.entry("com.microsoft.Attention", PackedAttention::attention),
            Map.entry("com.microsoft.BiasGelu", Elementwise::gelu),
            Map.entry("com.microsoft.EmbedLayerNormalization", NormLayers::embeddings),
            Map.entry("com.microsoft.FastGelu", Elementwise::fastGelu),
            Map.entry("com.microsoft.FusedConv", Products::convolution),
            Map.entry("com.microsoft.FusedGemm", Products::gemm),
            Map.entry("com.microsoft.FusedMatMul", Products::matMul),
            Map.entry("com.microsoft.Gelu", Elementwise::gelu),
            Map.entry("com.microsoft.MultiHeadAttention", PackedAttention::multiHead),
            Map.entry("com.microsoft.QuickGelu", Elementwise::quickGelu),
            Map.entry("com.microsoft.RotaryEmbedding", Rotation::contributed),
            Map.entry("com.microsoft.SkipLayerNormalization", NormLayers::skipLayerNorm),
            Map.entry("com.microsoft.SkipSimplifiedLayerNormalization", NormLayers::skipRootMeanSquare),
            Map.entry("com.microsoft.TransposeMatMul", Products::matMul));

    private Compositions() {}

    static Optional<Composition> of(Graph graph, Node node) {
        if (node.operator().equals("LayerNormalization")) {
            return NormLayers.isUnshifted(graph, node) ? Optional.of(NormLayers::unshifted) : Optional.empty();
        }
        return Optional.ofNullable(COMPOSITIONS.get(node.operator()));
    }
}
