package io.tta4j.predictor;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import io.tta4j.djl.DjlModel;
import io.tta4j.onnx.graph.TestGraph;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Small networks in files, and what to feed them. */
final class Networks {

    /** Values of a sample of the TorchScript network, [2, 6, 6]. */
    static final int SAMPLE = 72;

    static final int FEATURES = 6;
    static final int CLASSES = 3;

    private Networks() {}

    /** A TorchScript module with an input {@code x} [N, 2, 6, 6] and logits [N, 3]. */
    static Path torchScript(String file) {
        try {
            return Path.of(Objects.requireNonNull(DjlModel.class.getResource(file), file)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(file, e);
        }
    }

    /** An ONNX file {@code net.onnx} with an input {@code x} [N, 6] that ends in a softmax called {@code scores}. */
    static Path softmax(Path folder) throws IOException {
        TestGraph graph = new TestGraph(17);
        return Files.write(folder.resolve("net.onnx"), end(graph, graph.input("x", FEATURES), true));
    }

    /** An ONNX file of the difference between inputs {@code plus} and {@code minus}, [N, 6]. */
    static Path twoInputs(Path folder) throws IOException {
        TestGraph graph = new TestGraph(17);
        String plus = graph.input("plus", FEATURES);
        String minus = graph.input("minus", FEATURES);
        return Files.write(folder.resolve("two.onnx"), end(graph, graph.node("Sub", List.of(plus, minus)), false));
    }

    private static byte[] end(TestGraph graph, String input, boolean softmax) {
        String hidden = graph.node("MatMul", List.of(input, graph.weights(FEATURES, 5)));
        String normalized = graph.named(
                "/norm/LayerNormalization", "LayerNormalization", List.of(hidden, graph.weights(5), graph.weights(5)));
        String logits = graph.node("MatMul", List.of(normalized, graph.weights(5, CLASSES)));
        graph.output(softmax ? graph.node("Softmax", List.of(logits)) : logits, "scores");
        return graph.model().toByteArray();
    }

    static Criteria.Builder<NDList, NDList> criteria(Path path) {
        return Criteria.builder().setTypes(NDList.class, NDList.class).optModelPath(path);
    }

    static float[] values(long seed, int count) {
        return TestGraph.normal(new Random(seed), count);
    }

    /** One array of normal values. */
    static NDList arrays(NDManager manager, long seed, long... shape) {
        Shape extents = new Shape(shape);
        return new NDList(manager.create(values(seed, Math.toIntExact(extents.size())), extents));
    }
}
