package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.gradient.Kept;
import io.tta4j.onnx.gradient.Pullback;
import io.tta4j.onnx.graph.BatchAxis;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.RowGather;
import io.tta4j.onnx.session.SharedWeights;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sessions that run a model at any theta, which share the frozen weights: <em>serve</em> (forward only), and for
 * gradients <em>trace</em> (forward that also hands out the activations which the pullback reads) with
 * <em>pullback</em>, or <em>recompute</em> (forward and backward in one run, which keeps nothing).
 */
final class AdaptationSessions implements AutoCloseable {

    private final Deque<Runnable> open = new ArrayDeque<>();
    private final SharedWeights weights;
    private final int intraOpThreads;

    final NativeSession serve;

    /** The answers: logits, and the model's own output where that is another tensor. */
    final Set<String> answers;

    /** Picks rows of the inputs. */
    final RowGather inputRows;

    /** Where activations are kept; empty where they are recomputed. */
    final Optional<Keeping> keeping;

    /** Where activations are recomputed, or cannot be had for some rows alone. */
    final Optional<NativeSession> recompute;

    /** Whether there are gradients of single samples. */
    final boolean perSample;

    /**
     * Trace and pullback.
     *
     * @param traced what a trace hands out: the answers and the kept activations
     * @param kept the activations that the pullback reads from a trace
     * @param keptInputs the inputs that the pullback reads as they are
     * @param rows picks rows of those that depend on the sample; empty where that cannot be done for all
     */
    record Keeping(
            NativeSession trace,
            NativeSession pullback,
            Set<String> traced,
            Set<String> kept,
            Set<String> keptInputs,
            Optional<RowGather> rows) {}

    /** @param weights the model's frozen weights; must outlive the sessions */
    AdaptationSessions(Analysis analysis, OnnxOptions options, SharedWeights weights) {
        this.weights = weights;
        intraOpThreads = options.intraOpThreads();
        answers = new LinkedHashSet<>(Set.of(analysis.head().logits()));
        answers.add(analysis.head().output());
        try {
            serve = open(forward(analysis, answers), Purpose.SERVING_ADAPTED);
            inputRows = opened(new RowGather(inputRows(analysis.graph()), intraOpThreads), RowGather::close);
            if (options.recomputes()) {
                Pullback derived = analysis.differentiator().recompute(analysis.lifting());
                keeping = Optional.empty();
                recompute = Optional.of(open(derived.model(), Purpose.ADAPTING));
                perSample = derived.perSample();
            } else {
                Pullback derived = analysis.differentiator().pullback(analysis.lifting());
                boolean gathered = derived.kept().stream().allMatch(Kept::canBeGathered);
                keeping = Optional.of(keeping(analysis, derived, gathered));
                recompute = gathered || !analysis.facts().samplesIndependent()
                        ? Optional.empty()
                        : Optional.of(open(
                                analysis.differentiator()
                                        .recompute(analysis.lifting())
                                        .model(),
                                Purpose.ADAPTING));
                perSample = derived.perSample();
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Keeping keeping(Analysis analysis, Pullback derived, boolean gathered) {
        Set<String> inputs =
                analysis.graph().inputs().stream().map(input -> input.getName()).collect(Collectors.toSet());
        Set<String> kept = new LinkedHashSet<>();
        Set<String> keptInputs = new LinkedHashSet<>();
        derived.kept().forEach(tensor -> (inputs.contains(tensor.name()) ? keptInputs : kept).add(tensor.name()));
        Set<String> traced = new LinkedHashSet<>(answers);
        traced.addAll(kept);
        List<RowGather.Source> sources =
                derived.kept().stream().flatMap(AdaptationSessions::source).toList();
        return new Keeping(
                open(forward(analysis, traced), Purpose.ADAPTING),
                open(derived.model(), Purpose.ADAPTING),
                traced,
                kept,
                keptInputs,
                gathered && !sources.isEmpty()
                        ? Optional.of(opened(new RowGather(sources, intraOpThreads), RowGather::close))
                        : Optional.empty());
    }

    private static Stream<RowGather.Source> source(Kept kept) {
        return kept.fixed()
                ? Stream.empty()
                : kept.samples().stream()
                        .map(samples -> new RowGather.Source(kept.name(), kept.type(), kept.rank(), samples));
    }

    private static List<RowGather.Source> inputRows(Graph graph) {
        return graph.inputs().stream()
                .map(input -> new RowGather.Source(
                        input.getName(),
                        DataType.forNumber(input.getType().getTensorType().getElemType()),
                        input.getType().getTensorType().getShape().getDimCount(),
                        new BatchAxis(0, 1, true)))
                .toList();
    }

    /** Some rows of a feed, to be closed by the caller; nothing is copied where they are all that there are. */
    Feed pick(Feed feed, int total, int... rows) {
        return rows.length == total ? feed.borrowed() : inputRows.gather(feed.tensors(), rows);
    }

    private NativeSession open(ModelProto model, Purpose purpose) {
        return opened(NativeSession.open(model, purpose, intraOpThreads, weights), NativeSession::close);
    }

    private <T> T opened(T resource, Consumer<T> close) {
        open.addFirst(() -> close.accept(resource));
        return resource;
    }

    private static ModelProto forward(Analysis analysis, Collection<String> outputs) {
        Graph graph = analysis.graph();
        GraphBuilder forward = new GraphBuilder();
        graph.inputs().forEach(forward::input);
        analysis.lifting().copyNodes(graph, analysis.facts(), forward);
        outputs.forEach(forward::output);
        graph.initializers().values().forEach(forward::initializer);
        return forward.build(graph.model().getIrVersion(), graph.model().getOpsetImportList());
    }

    @Override
    public void close() {
        open.forEach(Runnable::run);
    }
}
