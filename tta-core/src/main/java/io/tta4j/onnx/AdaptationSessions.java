package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.tta4j.onnx.gradient.Pullback;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.RowGather;
import io.tta4j.onnx.session.SharedWeights;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The sessions that run a model at any theta: <em>serve</em> (forward only), <em>trace</em> (forward that also hands
 * out the activations which the pullback reads) and <em>pullback</em>, which share the frozen weights; and one that
 * picks rows of the inputs.
 */
final class AdaptationSessions implements AutoCloseable {

    private final SharedWeights weights;
    final NativeSession serve;
    final NativeSession trace;
    final NativeSession pullback;
    final RowGather rows;

    /** The answers: logits, and the model's own output where that is another tensor. */
    final Set<String> answers;

    /** What a trace hands out: the answers and the kept activations. */
    final Set<String> traced;

    /** The activations that the pullback reads from a trace. */
    final Set<String> kept;

    /** The inputs that the pullback reads as they are. */
    final Set<String> keptInputs;

    final boolean perSample;

    AdaptationSessions(Analysis analysis, int intraOpThreads) {
        Pullback derived = analysis.differentiator().pullback(analysis.lifting());
        Head head = analysis.head();
        Graph graph = analysis.graph();
        answers = new LinkedHashSet<>(Set.of(head.logits()));
        answers.add(head.output());
        keptInputs = new LinkedHashSet<>();
        kept = new LinkedHashSet<>();
        for (String tensor : derived.kept()) {
            (graph.producer(tensor).isPresent() ? kept : keptInputs).add(tensor);
        }
        traced = new LinkedHashSet<>(answers);
        traced.addAll(kept);
        perSample = derived.perSample();
        weights = SharedWeights.of(graph);
        serve = NativeSession.open(forward(analysis, answers), Purpose.ADAPTING, intraOpThreads, weights);
        trace = NativeSession.open(forward(analysis, traced), Purpose.ADAPTING, intraOpThreads, weights);
        pullback = NativeSession.open(derived.model(), Purpose.ADAPTING, intraOpThreads, weights);
        rows = new RowGather(graph.inputs(), intraOpThreads);
    }

    private static ModelProto forward(Analysis analysis, Set<String> outputs) {
        Graph graph = analysis.graph();
        GraphBuilder forward = new GraphBuilder();
        graph.inputs().forEach(forward::input);
        analysis.lifting().copyNodes(graph, forward);
        outputs.forEach(forward::output);
        graph.initializers().values().forEach(forward::initializer);
        return forward.build(graph.model().getIrVersion(), graph.model().getOpsetImportList());
    }

    @Override
    public void close() {
        serve.close();
        trace.close();
        pullback.close();
        rows.close();
        weights.close();
    }
}
