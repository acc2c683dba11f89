package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.tta4j.onnx.gradient.Pullback;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.RowGather;
import io.tta4j.onnx.session.SharedWeights;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The sessions that run a model at any theta: <em>serve</em> (forward only), <em>trace</em> (forward that also hands
 * out the activations which the pullback reads) and <em>pullback</em>, which share the frozen weights; and one that
 * picks rows of the inputs.
 */
final class AdaptationSessions implements AutoCloseable {

    private final Deque<Runnable> open = new ArrayDeque<>();
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
            (graph.inputs().stream().anyMatch(input -> input.getName().equals(tensor)) ? keptInputs : kept).add(tensor);
        }
        traced = new LinkedHashSet<>(answers);
        traced.addAll(kept);
        perSample = derived.perSample();
        weights = opened(SharedWeights.of(graph), SharedWeights::close);
        try {
            serve = open(forward(analysis, answers), intraOpThreads);
            trace = open(forward(analysis, traced), intraOpThreads);
            pullback = open(derived.model(), intraOpThreads);
            rows = opened(new RowGather(graph.inputs(), intraOpThreads), RowGather::close);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private NativeSession open(ModelProto model, int intraOpThreads) {
        return opened(NativeSession.open(model, Purpose.ADAPTING, intraOpThreads, weights), NativeSession::close);
    }

    private <T> T opened(T resource, Consumer<T> close) {
        open.addFirst(() -> close.accept(resource));
        return resource;
    }

    private static ModelProto forward(Analysis analysis, Set<String> outputs) {
        Graph graph = analysis.graph();
        GraphBuilder forward = new GraphBuilder();
        graph.inputs().forEach(forward::input);
        analysis.lifting().copyNodes(graph, analysis.facts(), forward);
        outputs.forEach(forward::output);
        graph.initializers().values().forEach(forward::initializer);
        return forward.build(graph.model().getIrVersion(), graph.model().getOpsetImportList());
    }

    /** Closes what is open, the weights last. */
    @Override
    public void close() {
        open.forEach(Runnable::run);
    }
}
