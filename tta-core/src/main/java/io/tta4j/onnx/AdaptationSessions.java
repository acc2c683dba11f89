package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.gradient.Kept;
import io.tta4j.onnx.gradient.Pullback;
import io.tta4j.onnx.graph.BatchAxis;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.probe.Constants;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.RowGather;
import io.tta4j.onnx.session.SessionSettings;
import io.tta4j.onnx.session.SharedWeights;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
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
    private final SessionSettings settings;

    final NativeSession serve;

    /** What all of them hand out. */
    final Answers answers;

    /** The part before the first adapted parameter; empty where passes start from the inputs of the network. */
    private final Optional<NativeSession> first;

    /** What that part makes. */
    private final Set<String> made;

    /** What passes start from. */
    private final Set<String> start;

    /** Picks rows of what passes start from. */
    final RowGather startRows;

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
     * @param keptOfStart of what passes start from, what the pullback reads as it is
     * @param rows picks rows of those that depend on the sample; empty where that cannot be done for all
     */
    record Keeping(
            NativeSession trace,
            NativeSession pullback,
            Set<String> traced,
            Set<String> kept,
            Set<String> keptOfStart,
            Optional<RowGather> rows) {}

    /** @param weights the model's frozen weights; must outlive the sessions */
    AdaptationSessions(Analysis analysis, OnnxOptions options, SharedWeights weights) {
        this.weights = weights;
        intraOpThreads = options.intraOpThreads();
        settings = options.sessions();
        answers = new Answers(analysis.head(), analysis.features());
        try {
            serve = open(
                    analysis.lifting().serving(analysis.graph(), analysis.facts(), answers.tensors()),
                    Purpose.SERVING_ADAPTED);
            Pullback derived = options.recomputes()
                    ? analysis.differentiator().recompute(analysis.lifting())
                    : analysis.differentiator().pullback(analysis.lifting());
            perSample = derived.perSample();
            boolean gathered = derived.kept().stream().allMatch(Kept::canBeGathered);
            if (options.recomputes() || !gathered) {
                made = Set.of();
                start = names(inputRows(analysis.graph()));
                first = Optional.empty();
                startRows = opened(new RowGather(inputRows(analysis.graph()), intraOpThreads), RowGather::close);
                keeping = options.recomputes()
                        ? Optional.empty()
                        : Optional.of(keeping(derived, outputs -> forward(analysis, outputs)));
                recompute = options.recomputes()
                        ? Optional.of(open(derived.model(), Purpose.ADAPTING))
                        : fallback(analysis);
            } else {
                Set<String> reached = new LinkedHashSet<>(answers.tensors());
                derived.kept().forEach(tensor -> reached.add(tensor.name()));
                AdaptingPart part =
                        new AdaptingPart(new Graph(forward(analysis, answers.tensors())), analysis.facts(), reached);
                made = part.made();
                start = part.start();
                first = made.isEmpty() ? Optional.empty() : Optional.of(open(part.first(), Purpose.ADAPTING));
                Map<String, DataType> types = new HashMap<>();
                first.ifPresent(session ->
                        made.forEach(tensor -> types.put(tensor, Constants.type(tensor, session.elementType(tensor)))));
                startRows = opened(
                        new RowGather(startRows(analysis, part.start(), types), intraOpThreads), RowGather::close);
                keeping = Optional.of(keeping(derived, outputs -> part.rest(types, outputs)));
                recompute = Optional.empty();
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** For the rows of passes whose activations cannot be gathered. */
    private Optional<NativeSession> fallback(Analysis analysis) {
        return analysis.facts().samplesIndependent()
                ? Optional.of(open(
                        analysis.differentiator().recompute(analysis.lifting()).model(), Purpose.ADAPTING))
                : Optional.empty();
    }

    private Keeping keeping(Pullback derived, Function<Set<String>, ModelProto> forward) {
        Set<String> kept = new LinkedHashSet<>();
        Set<String> keptOfStart = new LinkedHashSet<>();
        derived.kept().forEach(tensor -> (start.contains(tensor.name()) ? keptOfStart : kept).add(tensor.name()));
        Set<String> traced = new LinkedHashSet<>(answers.tensors());
        traced.addAll(kept);
        List<RowGather.Source> sources =
                derived.kept().stream().flatMap(AdaptationSessions::source).toList();
        boolean gathered = !sources.isEmpty() && derived.kept().stream().allMatch(Kept::canBeGathered);
        return new Keeping(
                open(forward.apply(traced), Purpose.ADAPTING),
                open(derived.model(), Purpose.ADAPTING),
                traced,
                kept,
                keptOfStart,
                gathered
                        ? Optional.of(opened(new RowGather(sources, intraOpThreads), RowGather::close))
                        : Optional.empty());
    }

    /**
     * What a pass starts from, given the inputs of the network, which it takes over: to be closed by the caller, and
     * not the inputs.
     */
    Feed start(Feed inputs) {
        if (first.isEmpty()) {
            return inputs.only(start);
        }
        try {
            return inputs.with(first.get().run(inputs.tensors(), made), made).only(start);
        } catch (RuntimeException e) {
            inputs.close();
            throw e;
        }
    }

    private static Set<String> names(List<RowGather.Source> sources) {
        return sources.stream().map(RowGather.Source::name).collect(Collectors.toSet());
    }

    private static List<RowGather.Source> startRows(Analysis analysis, Set<String> start, Map<String, DataType> types) {
        List<RowGather.Source> rows = new ArrayList<>(inputRows(analysis.graph()));
        rows.removeIf(input -> !start.contains(input.name()));
        types.forEach((tensor, type) -> rows.add(new RowGather.Source(
                tensor,
                type,
                analysis.facts().shape(tensor).rank(),
                analysis.facts().batchAxis(tensor).orElseThrow())));
        return rows;
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
        return rows.length == total ? feed.borrowed() : startRows.gather(feed.tensors(), rows);
    }

    private NativeSession open(ModelProto model, Purpose purpose) {
        return opened(NativeSession.open(model, purpose, settings, weights), NativeSession::close);
    }

    private <T> T opened(T resource, Consumer<T> close) {
        open.addFirst(() -> close.accept(resource));
        return resource;
    }

    private static ModelProto forward(Analysis analysis, Collection<String> outputs) {
        return analysis.lifting().forward(analysis.graph(), analysis.facts(), outputs);
    }

    @Override
    public void close() {
        open.forEach(Runnable::run);
    }
}
