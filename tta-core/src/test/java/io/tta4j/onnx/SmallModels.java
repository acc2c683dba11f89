package io.tta4j.onnx;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import io.tta4j.onnx.graph.TestGraph;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.SessionSettings;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Small networks that end as a test needs them to, and batches for them. */
final class SmallModels {

    static final int ROWS = 4;
    static final int FEATURES = 6;
    static final int CLASSES = 3;

    /** A layer norm between two products; {@code end} is what comes behind the logits. */
    static ModelProto classifier(UnaryOperator<Ending> end) {
        TestGraph graph = new TestGraph(17);
        String hidden = graph.node("MatMul", List.of(graph.input("x", FEATURES), graph.weights(FEATURES, 5)));
        String normalized = norm(graph, "norm", hidden);
        String logits = graph.node("Gemm", List.of(normalized, graph.weights(5, CLASSES), graph.weights(CLASSES)));
        graph.output(end.apply(new Ending(graph, logits)).tensor());
        return graph.model();
    }

    record Ending(TestGraph graph, String tensor) {

        Ending then(String operator, String name) {
            return new Ending(graph, graph.named(name, operator, List.of(tensor)));
        }

        /** Branches that read only what their bodies capture. */
        Ending branch(Function<TestGraph, String> then, Function<TestGraph, String> otherwise) {
            String sum = graph.node("ReduceSum", List.of("x"), attribute("keepdims", 0));
            return new Ending(
                    graph,
                    graph.named(
                            "/control",
                            "If",
                            List.of(graph.node("Greater", List.of(sum, graph.number(0)))),
                            graph.body("then_branch", body -> body.output(then.apply(body))),
                            graph.body("else_branch", body -> body.output(otherwise.apply(body)))));
        }

        /** A product that nothing adapts, plus three times a tensor that the body captures. */
        Ending loop(String captured) {
            String start = graph.node("MatMul", List.of("x", graph.weights(FEATURES, CLASSES)));
            return new Ending(
                    graph,
                    graph.named(
                            "/control",
                            "Loop",
                            List.of(graph.longs(new long[0], 3), "", start),
                            graph.body("body", body -> {
                                body.scalar("step", DataType.INT64);
                                String goOn = body.scalar("go_on", DataType.BOOL);
                                String sum = body.input("sum", CLASSES);
                                body.output(body.node("Identity", List.of(goOn)));
                                body.output(body.node("Add", List.of(sum, captured)));
                            })));
        }
    }

    static String norm(TestGraph graph, String path, String tensor) {
        return graph.named(
                "/" + path + "/LayerNormalization",
                "LayerNormalization",
                List.of(tensor, graph.weights(5), graph.weights(5)));
    }

    static OnnxModel load(ModelProto model) {
        return OnnxModel.load(model.toByteArray(), "small.onnx", OnnxOptions.ofDefaults());
    }

    static OnnxModel plain() {
        return load(classifier(logits -> logits));
    }

    static Batch batch() {
        return batch(ROWS);
    }

    static Batch batch(int rows) {
        return Batch.of("x", Tensor.of(TestGraph.normal(new Random(23), rows * FEATURES), rows, FEATURES));
    }

    static Matrix seed() {
        return Matrix.of(ROWS, CLASSES, TestGraph.normal(new Random(29), ROWS * CLASSES));
    }

    static Vector moved(Vector theta) {
        return theta.plus(0.1f, Vector.of(TestGraph.normal(new Random(31), theta.size())));
    }

    static Matrix originalOutput(ModelProto model, Batch batch) {
        String output = model.getGraph().getOutput(0).getName();
        try (NativeSession session = NativeSession.open(model.toByteArray(), SessionSettings.onProcessor(0));
                Feed feed = Feed.of(batch);
                OrtSession.Result result = session.run(feed.tensors(), Set.of(output))) {
            return NativeTensors.matrix(result, output);
        }
    }

    private SmallModels() {}
}
