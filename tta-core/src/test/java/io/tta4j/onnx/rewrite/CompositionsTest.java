package io.tta4j.onnx.rewrite;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.TestGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every composition against the operator that it takes the place of, as ONNX Runtime computes both. */
class CompositionsTest {

    private static final int TOKENS = 5;
    private static final int WIDTH = 8;
    private static final int HEADS = 2;

    private record Case(String name, long opset, Consumer<TestGraph> graph) {

        @Override
        public String toString() {
            return name + " " + opset;
        }
    }

    private static Case of(String name, Consumer<TestGraph> graph) {
        return new Case(name, 17, graph);
    }

    /** One contributed node over tokens [N, 5, 8] and further inputs. */
    private static Consumer<TestGraph> tokens(
            String operator, Function<TestGraph, List<String>> inputs, AttributeProto... attributes) {
        return graph -> {
            List<String> all = new ArrayList<>(List.of(graph.input("x", TOKENS, WIDTH)));
            all.addAll(inputs.apply(graph));
            graph.output(graph.contributed(operator, all, 1, attributes).get(0));
        };
    }

    static Stream<Case> norms() {
        return Stream.of(
                of("skip", graph -> {
                    List<String> outputs = graph.contributed(
                            "SkipLayerNormalization",
                            List.of(
                                    graph.input("x", TOKENS, WIDTH),
                                    graph.input("skip", TOKENS, WIDTH),
                                    graph.weights(WIDTH),
                                    graph.weights(WIDTH),
                                    graph.weights(WIDTH)),
                            4,
                            attribute("epsilon", 1e-5f));
                    graph.output(outputs.get(0));
                    graph.output(outputs.get(3));
                }),
                of(
                        "skip without shifts",
                        tokens(
                                "SkipLayerNormalization",
                                graph -> List.of(graph.input("skip", TOKENS, WIDTH), graph.weights(WIDTH)))),
                of(
                        "skip by root mean square",
                        tokens(
                                "SkipSimplifiedLayerNormalization",
                                graph -> List.of(
                                        graph.input("skip", TOKENS, WIDTH), graph.weights(WIDTH), graph.weights(WIDTH)),
                                attribute("epsilon", 1e-5f))),
                of("embeddings", graph -> embeddings(graph, List.of("", ""), 1)),
                of(
                        "embeddings with a mask",
                        graph -> embeddings(graph, List.of(graph.input("mask", DataType.INT32, TOKENS), ""), 1)),
                of(
                        "embeddings with positions",
                        graph -> embeddings(graph, List.of("", graph.input("places", DataType.INT32, TOKENS)), 3)),
                of(
                        "lp",
                        graph -> graph.output(
                                graph.node("LpNormalization", List.of(graph.input("x", 3, 4)), attribute("axis", 1)))),
                of(
                        "l1",
                        graph -> graph.output(graph.node(
                                "LpNormalization",
                                List.of(graph.input("x", 3, 4)),
                                attribute("axis", -1),
                                attribute("p", 1)))),
                of(
                        "mean and variance",
                        graph -> graph.output(
                                graph.node("MeanVarianceNormalization", List.of(graph.input("x", 3, 4, 4))))),
                new Case(
                        "mean and variance",
                        18,
                        graph -> graph.output(graph.node(
                                "MeanVarianceNormalization",
                                List.of(graph.input("x", 3, 4)),
                                TestGraph.integers("axes", 1)))));
    }

    private static void embeddings(TestGraph graph, List<String> last, int outputs) {
        List<String> inputs = new ArrayList<>(List.of(
                graph.input("ids", DataType.INT32, TOKENS),
                graph.input("segments", DataType.INT32, TOKENS),
                graph.weights(7, WIDTH),
                graph.weights(9, WIDTH),
                graph.weights(3, WIDTH),
                graph.weights(WIDTH),
                graph.weights(WIDTH)));
        inputs.addAll(last);
        List<String> results =
                graph.contributed("EmbedLayerNormalization", inputs, Math.max(2, outputs), attribute("epsilon", 1e-5f));
        graph.output(results.get(0));
        if (outputs == 3) {
            graph.output(results.get(2));
        }
    }

    static Stream<Case> activations() {
        return Stream.of("Gelu", "BiasGelu", "FastGelu", "QuickGelu")
                .flatMap(operator -> Stream.of(17L, 20L)
                        .map(opset -> new Case(
                                operator,
                                opset,
                                tokens(
                                        operator,
                                        graph -> operator.equals("BiasGelu")
                                                ? List.of(graph.weights(WIDTH))
                                                : List.of()))));
    }

    static Stream<Case> products() {
        return Stream.of(
                of(
                        "scaled product",
                        tokens("FusedMatMul", graph -> List.of(graph.weights(WIDTH, 3)), attribute("alpha", 0.5f))),
                of(
                        "product of swapped factors",
                        graph -> graph.output(graph.contributed(
                                        "FusedMatMul",
                                        List.of(graph.input("x", 3, TOKENS, WIDTH), graph.input("y", 3, WIDTH, TOKENS)),
                                        1,
                                        attribute("transA", 1),
                                        attribute("transB", 1))
                                .get(0))),
                of(
                        "product of turned factors",
                        graph -> graph.output(graph.contributed(
                                        "FusedMatMul",
                                        List.of(graph.input("x", 2, 3, WIDTH), graph.weights(2, 3, 4, WIDTH)),
                                        1,
                                        attribute("transBatchA", 1),
                                        attribute("transB", 1),
                                        attribute("alpha", 2f))
                                .get(0))),
                of(
                        "gemm and relu",
                        graph -> graph.output(graph.contributed(
                                        "FusedGemm",
                                        List.of(graph.input("x", WIDTH), graph.weights(3, WIDTH), graph.weights(3)),
                                        1,
                                        attribute("transB", 1),
                                        attribute("alpha", 0.5f),
                                        attribute("activation", "Relu"))
                                .get(0))),
                of(
                        "gemm and leaky relu",
                        graph -> graph.output(graph.contributed(
                                        "FusedGemm",
                                        List.of(graph.input("x", WIDTH), graph.weights(WIDTH, 3), graph.weights(3)),
                                        1,
                                        attribute("activation", "LeakyRelu"),
                                        attribute("activation_alpha", 0.3f))
                                .get(0))));
    }

    static Stream<Case> convolutions() {
        return Stream.of(
                convolution("Relu", false),
                convolution("Relu", true),
                convolution("Tanh", false),
                convolution("Sigmoid", false),
                convolution("LeakyRelu", false, 0.2f),
                convolution("Clip", false, -0.5f, 1.5f),
                convolution("HardSigmoid", false, 0.3f, 0.4f));
    }

    private static Case convolution(String activation, boolean sum, float... values) {
        return of("convolution and " + activation + (sum ? " of a sum" : ""), graph -> {
            List<String> inputs =
                    new ArrayList<>(List.of(graph.input("x", 3, 6, 6), graph.weights(4, 3, 3, 3), graph.weights(4)));
            if (sum) {
                inputs.add(graph.input("z", 4, 6, 6));
            }
            List<AttributeProto> attributes = new ArrayList<>(
                    List.of(attribute("activation", activation), TestGraph.integers("pads", 1, 1, 1, 1)));
            if (values.length > 0) {
                AttributeProto.Builder parameters = AttributeProto.newBuilder()
                        .setName("activation_params")
                        .setType(AttributeProto.AttributeType.FLOATS);
                for (float value : values) {
                    parameters.addFloats(value);
                }
                attributes.add(parameters.build());
            }
            graph.output(graph.contributed("FusedConv", inputs, 1, attributes.toArray(AttributeProto[]::new))
                    .get(0));
        });
    }

    static Stream<Case> fusedAttention() {
        return Stream.of(
                of("attention", fused(graph -> List.of())),
                of("attention under a mask", fused(graph -> List.of(graph.input("mask", DataType.INT32, TOKENS)))),
                of(
                        "attention under a mask of pairs",
                        fused(graph -> List.of(graph.input("mask", DataType.INT32, TOKENS, TOKENS)))),
                of("attention under lengths", fused(graph -> List.of(graph.input("lengths", DataType.INT32)))),
                of("causal attention", fused(graph -> List.of(), attribute("unidirectional", 1))),
                of(
                        "attention with a bias of scores",
                        fused(graph -> List.of("", "", graph.weights(1, HEADS, TOKENS, TOKENS)))),
                of(
                        "attention with a scale",
                        fused(
                                graph -> List.of(graph.input("mask", DataType.INT32, TOKENS)),
                                attribute("scale", 0.3f),
                                attribute("mask_filter_value", -3f))),
                of("attention of heads", heads(graph -> List.of())),
                of("attention of heads with biases", heads(graph -> List.of(graph.weights(3 * WIDTH)))),
                of(
                        "attention of heads under a mask",
                        heads(graph -> List.of("", graph.input("mask", DataType.INT32, 4)))),
                of(
                        "attention of heads with a bias of scores",
                        heads(graph -> List.of("", "", graph.weights(1, HEADS, TOKENS, 4)))));
    }

    private static Consumer<TestGraph> fused(Function<TestGraph, List<String>> more, AttributeProto... attributes) {
        List<AttributeProto> all = new ArrayList<>(List.of(attributes));
        all.add(attribute("num_heads", HEADS));
        return tokens(
                "Attention",
                graph -> {
                    List<String> inputs =
                            new ArrayList<>(List.of(graph.weights(WIDTH, 3 * WIDTH), graph.weights(3 * WIDTH)));
                    inputs.addAll(more.apply(graph));
                    return inputs;
                },
                all.toArray(AttributeProto[]::new));
    }

    private static Consumer<TestGraph> heads(Function<TestGraph, List<String>> more) {
        return tokens(
                "MultiHeadAttention",
                graph -> {
                    List<String> inputs =
                            new ArrayList<>(List.of(graph.input("keys", 4, WIDTH), graph.input("values", 4, WIDTH)));
                    inputs.addAll(more.apply(graph));
                    return inputs;
                },
                attribute("num_heads", HEADS));
    }

    static Stream<Case> attention() {
        return Stream.of(
                of("by heads", attention(false, 4, 4, graph -> List.of())),
                of("flat", attention(true, 4, 4, graph -> List.of())),
                of("shared keys", attention(false, 4, 2, graph -> List.of())),
                of("shared keys, flat", attention(true, 4, 2, graph -> List.of())),
                of("causal", attention(false, 4, 4, graph -> List.of(), attribute("is_causal", 1))),
                of("scaled", attention(true, 4, 4, graph -> List.of(), attribute("scale", 0.7f))),
                of("mask to add", attention(false, 4, 4, graph -> List.of(graph.weights(TOKENS, TOKENS)))),
                of(
                        "mask to add of each row",
                        attention(true, 4, 2, graph -> List.of(graph.input("mask", 4, TOKENS, TOKENS)))),
                of(
                        "boolean mask",
                        attention(
                                false,
                                4,
                                4,
                                graph -> List.of(graph.node(
                                        "Reshape",
                                        List.of(
                                                graph.bytes(DataType.BOOL, triangle()),
                                                graph.longs(TOKENS, TOKENS)))))),
                of(
                        "capped under a mask to add",
                        attention(
                                false,
                                4,
                                4,
                                graph -> List.of(graph.weights(TOKENS, TOKENS)),
                                attribute("softcap", 1.5f))));
    }

    private static byte[] triangle() {
        byte[] mask = new byte[TOKENS * TOKENS];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (i % TOKENS <= i / TOKENS + 1 ? 1 : 0);
        }
        return mask;
    }

    private static Consumer<TestGraph> attention(
            boolean flat,
            int heads,
            int keyHeads,
            Function<TestGraph, List<String>> mask,
            AttributeProto... attributes) {
        return graph -> {
            List<AttributeProto> all = new ArrayList<>(List.of(attributes));
            List<String> inputs = new ArrayList<>();
            if (flat) {
                all.add(attribute("q_num_heads", heads));
                all.add(attribute("kv_num_heads", keyHeads));
            }
            for (String name : List.of("q", "k", "v")) {
                int count = name.equals("q") ? heads : keyHeads;
                inputs.add(flat ? graph.input(name, TOKENS, 3L * count) : graph.input(name, count, TOKENS, 3));
            }
            inputs.addAll(mask.apply(graph));
            graph.output(graph.node("Attention", inputs, all.toArray(AttributeProto[]::new)));
        };
    }

    static Stream<Case> rotations() {
        return Stream.of(false, true)
                .flatMap(interleaved -> Stream.of(
                        rotation("flat", true, false, interleaved, 8),
                        rotation("by heads", false, false, interleaved, 8),
                        rotation("flat, with positions", true, true, interleaved, 8),
                        rotation("in part", false, true, interleaved, 4),
                        new Case(
                                "contributed, one position " + interleaved,
                                17,
                                graph -> graph.output(graph.contributed(
                                                "RotaryEmbedding",
                                                List.of(
                                                        graph.input("x", TOKENS, 16),
                                                        graph.longs(1),
                                                        graph.weights(9, 4),
                                                        graph.weights(9, 4)),
                                                1,
                                                attribute("interleaved", interleaved ? 1 : 0))
                                        .get(0))),
                        new Case(
                                "contributed, by heads " + interleaved,
                                17,
                                graph -> graph.output(graph.contributed(
                                                "RotaryEmbedding",
                                                List.of(
                                                        graph.input("x", 2, TOKENS, 8),
                                                        graph.input("places", DataType.INT64, TOKENS),
                                                        graph.weights(9, 4),
                                                        graph.weights(9, 4)),
                                                1,
                                                attribute("interleaved", interleaved ? 1 : 0))
                                        .get(0)))));
    }

    private static Case rotation(String name, boolean flat, boolean positions, boolean interleaved, int turned) {
        return new Case(name + (interleaved ? ", interleaved" : ""), 23, graph -> {
            List<String> inputs = new ArrayList<>();
            inputs.add(flat ? graph.input("x", TOKENS, 16) : graph.input("x", 2, TOKENS, 8));
            if (positions) {
                inputs.add(graph.weights(9, turned / 2));
                inputs.add(graph.weights(9, turned / 2));
                inputs.add(graph.input("places", DataType.INT64, TOKENS));
            } else {
                inputs.add(graph.input("cosines", TOKENS, turned / 2));
                inputs.add(graph.input("sines", TOKENS, turned / 2));
            }
            List<AttributeProto> attributes = new ArrayList<>(List.of(attribute("interleaved", interleaved ? 1 : 0)));
            if (flat) {
                attributes.add(attribute("num_heads", 2));
            }
            if (turned < 8) {
                attributes.add(attribute("rotary_embedding_dim", turned));
            }
            graph.output(graph.node("RotaryEmbedding", inputs, attributes.toArray(AttributeProto[]::new)));
        });
    }

    static Stream<Case> recurrences() {
        return Stream.of(
                recurrence("forward", 1, true, false),
                recurrence("forward", 1, false, true),
                recurrence("reverse", 1, true, true),
                recurrence("bidirectional", 2, true, false),
                recurrence("bidirectional", 2, true, true));
    }

    /** Over tokens, with the batch on the second axis, and all three outputs. */
    private static Case recurrence(String direction, int directions, boolean biases, boolean first) {
        String name = "LSTM " + direction + (biases ? "" : " without biases") + (first ? " from a first state" : "");
        return of(name, graph -> {
            long hidden = 3;
            String x = graph.input("x", TOKENS, WIDTH);
            List<String> inputs = new ArrayList<>(List.of(
                    graph.node("Transpose", List.of(x), TestGraph.integers("perm", 1, 0, 2)),
                    graph.weights(directions, 4 * hidden, WIDTH),
                    graph.weights(directions, 4 * hidden, hidden)));
            inputs.addAll(List.of(biases ? graph.weights(directions, 8 * hidden) : "", ""));
            if (first) {
                for (String state : List.of("output", "cell")) {
                    inputs.add(graph.node(
                            "Transpose",
                            List.of(graph.input(state, directions, hidden)),
                            TestGraph.integers("perm", 1, 0, 2)));
                }
            }
            graph.nodes("LSTM", inputs, 3, attribute("hidden_size", hidden), attribute("direction", direction))
                    .forEach(graph::output);
        });
    }

    static Stream<Case> cases() {
        Stream<Case> attention = attention().map(c -> new Case("Attention " + c.name, 23, c.graph));
        return Stream.of(
                        norms(),
                        activations(),
                        products(),
                        convolutions(),
                        fusedAttention(),
                        attention,
                        rotations(),
                        recurrences())
                .flatMap(group -> group);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void computesTheSame(Case composition) {
        TestGraph graph = new TestGraph(composition.opset);
        composition.graph.accept(graph);
        Rewritten.of(graph.model()).agrees();
    }

    @Test
    void takesOfTheSecondInputOfACastLikeOnlyTheType() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 6);
        String like = graph.node("CastLike", List.of(graph.longs(2, 3), x));
        String twice = graph.node("Concat", List.of(like, like, like), attribute("axis", 0));
        graph.output(graph.node("CastLike", List.of(graph.node("Mul", List.of(x, twice)), twice)));
        Rewritten rewritten = Rewritten.of(graph.model());

        assertThat(rewritten.operators()).containsExactly("Mul", "Cast");
        rewritten.agrees();
    }

    @Test
    void leavesRecurrencesOfTooManySteps() {
        int layers = 26;
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", TOKENS, WIDTH);
        String steps = graph.node("Transpose", List.of(x), TestGraph.integers("perm", 1, 0, 2));
        for (int i = 0; i < layers; i++) {
            graph.output(graph.named(
                    "/rnn" + i,
                    "LSTM",
                    List.of(steps, graph.weights(1, 12, WIDTH), graph.weights(1, 12, 3)),
                    attribute("hidden_size", 3)));
        }
        CanonicalForm form = Rewritten.of(graph.model()).canonical();

        assertThat(form.remarks())
                .hasSize(layers)
                .contains("LSTM node '/rnn0' is left as it is: 26 such layers of about 5 steps each would be written"
                        + " out, and 128 steps in all are the most");
    }

    @Test
    void saysWhatIsLeftAsItIs() {
        TestGraph graph = new TestGraph(23);
        String q = graph.input("q", 2, TOKENS, 3);
        graph.output(graph.named("/attend", "Attention", List.of(q, q, q, "", q, q)));
        CanonicalForm form = Rewritten.of(graph.model()).canonical();

        assertThat(form.remarks()).containsExactly("Attention node '/attend' is left as it is: it has a past");
    }
}
