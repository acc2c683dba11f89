package io.tta4j.audit;

import io.tta4j.audit.StateSource.Origin;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Methods;
import io.tta4j.method.Settings;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds states from an {@link AuditTrail}: the method is given what it got then, in the same order, and must come to
 * the same states. No model and no inputs are needed; where inputs were kept, steps can be {@linkplain #recompute
 * computed again} with the model instead.
 *
 * <p>Immutable. What is read must not be written at the same time; copy the folder of a service that runs.
 */
public final class AuditReplay {

    private final Path folder;
    private final long last;

    private AuditReplay(Path folder, long last) {
        this.folder = folder;
        this.last = last;
    }

    /** Of the trail in a folder. */
    public static AuditReplay of(Path folder) {
        return new AuditReplay(folder, Long.MAX_VALUE);
    }

    /**
     * Up to a record of each run.
     *
     * @param number of the last step or change to take, as the trail numbers them, from 1 on; 0 for what was there
     *     before
     */
    public AuditReplay upTo(long number) {
        if (number < 0) {
            throw new IllegalArgumentException("the number of a record must be 0 or more, but was " + number);
        }
        return new AuditReplay(folder, number);
    }

    /**
     * The method that the trail names, made from the settings in it; of its first run, if there are several.
     *
     * @throws AuditException if the trail has no readable beginning
     * @throws IllegalArgumentException if there is no such method, or it has no such settings any more
     * @throws IOException if the trail cannot be read
     */
    public Method method() throws IOException {
        for (Path part : parts()) {
            try (PartReader reader = PartReader.of(part)) {
                if (reader.next().orElse(null) instanceof Line.Opening opening) {
                    return named(opening);
                }
            }
        }
        throw new AuditException("an audit folder must have a part with an opening, but %s has none".formatted(folder));
    }

    /**
     * Rebuilds the states with the method that the trail names, made from the settings in it.
     *
     * @throws AuditException if the trail is damaged or leads to other states
     * @throws IllegalArgumentException if there is no such method, or it has no such settings any more
     * @throws IOException if the trail cannot be read
     */
    public Rebuilt rebuild() throws IOException {
        return run(AuditReplay::named, Optional.empty());
    }

    /** Rebuilds the states with a method that was made otherwise; it must be of the trail's name. */
    public Rebuilt rebuild(Method method) throws IOException {
        return run(opening -> requireName(method, opening), Optional.empty());
    }

    /**
     * Computes every step again from the inputs that were kept, which takes the same machine, versions and threads.
     * Statistics that moved are taken as they were recorded.
     *
     * @param model the one that was served; stays open
     * @throws AuditException also if inputs were not kept, or the model is another one
     */
    public Rebuilt recompute(AdaptableModel model) throws IOException {
        return run(AuditReplay::named, Optional.of(model));
    }

    /** The same with a method that was made otherwise. */
    public Rebuilt recompute(AdaptableModel model, Method method) throws IOException {
        return run(opening -> requireName(method, opening), Optional.of(model));
    }

    private static Method named(Line.Opening opening) throws IOException {
        SettingFiles.requireSame(opening.settings(), opening.files());
        MethodProvider provider = Methods.named(opening.method());
        return provider.create(Settings.of(provider, opening.settings()));
    }

    private static Method requireName(Method method, Line.Opening opening) {
        if (!method.name().equals(opening.method())) {
            throw new AuditException(
                    "the method must be %s, as in the trail, but was %s".formatted(opening.method(), method.name()));
        }
        return method;
    }

    /** Those that were not killed while they were made. */
    private List<Path> parts() throws IOException {
        List<Path> parts = new ArrayList<>();
        for (Path part : Part.in(folder)) {
            if (Files.size(part) > 0) {
                parts.add(part);
            }
        }
        return parts;
    }

    /** Where a run's method comes from. */
    @FunctionalInterface
    private interface MethodSource {
        Method of(Line.Opening opening) throws IOException;
    }

    private Rebuilt run(MethodSource methods, Optional<AdaptableModel> model) throws IOException {
        List<Path> parts = parts();
        if (parts.isEmpty()) {
            throw new AuditException(
                    "an audit folder must have parts, audit-000001.jsonl and so on, but %s has none".formatted(folder));
        }
        Tally tally = new Tally();
        Run run = null;
        for (Path part : parts) {
            try (PartReader reader = PartReader.of(part)) {
                try {
                    run = read(reader, run, tally, methods, model);
                } catch (AuditException e) {
                    throw new AuditException("%s: %s".formatted(reader.place(), e.getMessage()), e);
                }
                tally.torn += reader.isTorn() ? 1 : 0;
            }
        }
        if (run == null) {
            throw new AuditException(
                    "an audit folder must have a part with an opening, but %s has none".formatted(folder));
        }
        return tally.rebuilt(run);
    }

    private @Nullable Run read(
            PartReader reader, @Nullable Run before, Tally tally, MethodSource methods, Optional<AdaptableModel> model)
            throws IOException {
        Optional<Line> first = reader.next();
        if (first.isEmpty()) {
            // Killed while it began.
            return before;
        }
        if (!(first.get() instanceof Line.Opening opening)) {
            throw new AuditException("a part must begin with its opening, but began with " + first.get());
        }
        if (opening.format() != AuditTrail.FORMAT) {
            throw new AuditException("the trail must be of format %d, but is of %d; read it with a newer version"
                    .formatted(AuditTrail.FORMAT, opening.format()));
        }
        Run run = before;
        if (run == null || !run.opening.run().equals(opening.run())) {
            run = new Run(opening, methods.of(opening), model, tally);
            tally.runs++;
        } else {
            run.goOn(opening);
        }
        run.known.clear();
        for (Optional<Line> line = reader.next(); line.isPresent(); line = reader.next()) {
            run.take(line.get());
        }
        run.torn = reader.isTorn();
        return run;
    }

    /** What was found so far. */
    private static final class Tally {

        private long steps;
        private long changes;
        private long resets;
        private int runs;
        private int torn;
        private long lost;

        Rebuilt rebuilt(Run run) {
            return new Rebuilt(run.opening.method(), run.states, steps, changes, resets, runs, run.ended, torn, lost);
        }
    }

    /** One run, whose parts follow each other without a gap. */
    private final class Run {

        private final Map<String, State> states = new TreeMap<>();
        private final Set<String> known = new HashSet<>();
        private final Method method;
        private final State initial;
        private final Optional<AdaptableModel> model;
        private final Tally tally;
        private Line.Opening opening;
        private long number;
        private boolean numbered;
        private boolean ended;
        private boolean torn;

        Run(Line.Opening opening, Method method, Optional<AdaptableModel> model, Tally tally) {
            this.opening = opening;
            this.method = method;
            this.tally = tally;
            this.initial = opening.initial().state(Map.of());
            // The oldest parts may have been given up.
            this.numbered = opening.part() == 1;
            this.model = model.map(given -> requireSame(given, opening));
        }

        private AdaptableModel requireSame(AdaptableModel given, Line.Opening recorded) {
            Statistics statistics =
                    Statistics.parse("statistics", recorded.facts().statistics());
            AdaptableModel view = given.withStatistics(statistics);
            Script.requireSame("the fingerprint of the model", recorded.model(), view.fingerprint());
            if (!recorded.withInputs()) {
                throw new AuditException(
                        "inputs must have been kept for steps to be computed again, but the trail has their hashes only");
            }
            return view;
        }

        /** Takes on the next part. */
        void goOn(Line.Opening next) {
            if (torn || ended || next.part() != opening.part() + 1) {
                throw new AuditException("part %d of a run must follow part %d, but %s"
                        .formatted(
                                next.part(),
                                opening.part(),
                                torn ? "that one is torn" : ended ? "the run had ended" : "some are missing"));
            }
            opening = next;
        }

        void take(Line line) {
            if (ended) {
                throw new AuditException("a run must end with its end, but went on");
            }
            if (line instanceof Line.Stream stream) {
                begin(stream);
            } else if (line instanceof Line.Step step) {
                count(step.number());
                if (number <= last) {
                    step(step);
                }
            } else if (line instanceof Line.Change change) {
                count(change.number());
                if (number <= last) {
                    change(change);
                }
            } else if (line instanceof Line.Removed removed) {
                remove(removed);
            } else if (line instanceof Line.End end) {
                Script.requireSame("the number of records", end.numbers(), number);
                tally.lost += end.lost();
                ended = true;
            } else {
                throw new AuditException("a part must have one opening, but had another one");
            }
        }

        private void count(long next) {
            if (numbered && next != number + 1) {
                throw new AuditException(
                        "record %d must follow record %d, but was %d".formatted(number + 1, number, next));
            }
            number = next;
            numbered = true;
        }

        /** In a later part, a stream goes on with the state that it had, unless it has left memory meanwhile. */
        private void begin(Line.Stream stream) {
            State state = stream.state().state(Map.of());
            requireHash(stream.hash(), state, "the first state of stream '%s'".formatted(stream.stream()));
            State had = states.get(stream.stream());
            if (had != null && !stream.came() && number < last) {
                requireHash(stream.hash(), had, "the state that stream '%s' goes on with".formatted(stream.stream()));
            }
            known.add(stream.stream());
            if (had == null || (stream.came() && number < last)) {
                states.put(stream.stream(), state);
            }
        }

        /** As a stream's own line, it has no number: it is of before the record that follows. */
        private void remove(Line.Removed removed) {
            if (number < last) {
                states.remove(removed.stream());
                known.remove(removed.stream());
            }
        }

        private State before(String stream) {
            if (!known.contains(stream)) {
                throw new AuditException("stream '%s' must be told before it changes".formatted(stream));
            }
            return Objects.requireNonNull(states.get(stream));
        }

        private void step(Line.Step step) {
            State before = before(step.stream());
            Map<Origin, State> origins = origins(before);
            if (step.report() != null) {
                Adaptation made = describe("step %d of the run".formatted(step.number()), () -> adapt(step, before));
                Script.requireSame("the report of step " + step.number(), step.report(), Line.Report.of(made.report()));
                origins.put(Origin.MADE, made.state());
            }
            publish(step.stream(), step.state(), origins, step.hash(), "the state after step " + step.number());
            tally.steps++;
            tally.resets += step.report() != null && step.report().reset() ? 1 : 0;
        }

        private void change(Line.Change change) {
            publish(
                    change.stream(),
                    change.state(),
                    origins(before(change.stream())),
                    change.hash(),
                    "the state after change " + change.number());
            tally.changes++;
            tally.resets += change.cause().equals(AuditTrail.RESET) ? 1 : 0;
        }

        private Map<Origin, State> origins(State before) {
            Map<Origin, State> origins = new EnumMap<>(Origin.class);
            origins.put(Origin.BEFORE, before);
            origins.put(Origin.INITIAL, initial);
            return origins;
        }

        private void publish(String stream, StateSource source, Map<Origin, State> origins, String hash, String what) {
            State state = source.state(origins);
            requireHash(hash, state, what);
            states.put(stream, state);
        }

        private Adaptation adapt(Line.Step step, State before) {
            if (model.isPresent()) {
                try (Pass pass = on(model.get(), before).forward(batch(step.inputs(), true), before.theta())) {
                    return method.adapt(on(model.get(), before), pass, before);
                }
            }
            Script script = new Script(step.calls());
            ReplayedModel replayed = new ReplayedModel(opening.facts(), script);
            Pass pass = new ReplayedPass(step.rows(), 0, () -> batch(step.inputs(), false), script, replayed);
            Adaptation made = method.adapt(replayed, pass, before);
            script.requireEnd();
            return made;
        }
    }

    /** Names the step that something went wrong in. */
    private static Adaptation describe(String what, Supplier<Adaptation> step) {
        try {
            return step.get();
        } catch (RuntimeException e) {
            throw new AuditException("%s cannot be taken again: %s".formatted(what, e.getMessage()), e);
        }
    }

    private static void requireHash(String recorded, State state, String what) {
        Script.requireSame("the hash of " + what, recorded, StateHash.of(state));
    }

    /** The model on the moments of a state, where these move. */
    private static AdaptableModel on(AdaptableModel model, State state) {
        return state.moments().map(model::withMoments).orElse(model);
    }

    /** The inputs of a step: as they were, or zeros in their shape. */
    private static Batch batch(Map<String, Line.Input> inputs, boolean asRecorded) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        inputs.forEach((name, input) -> {
            ElementType type = ElementType.valueOf(input.type());
            long[] shape = input.shape().stream().mapToLong(Long::longValue).toArray();
            long size = type.bytes();
            for (long extent : shape) {
                size = Math.multiplyExact(size, extent);
            }
            ByteBuffer data = ByteBuffer.allocateDirect(Math.toIntExact(size)).order(ByteOrder.nativeOrder());
            if (asRecorded) {
                data.put(Objects.requireNonNull(input.values()).data().duplicate())
                        .flip();
            }
            Tensor tensor = Tensor.of(type, data, shape);
            if (asRecorded) {
                Script.requireSame("the hash of input '%s'".formatted(name), input.sha256(), Sha256.of(tensor));
            }
            tensors.put(name, tensor);
        });
        return Batch.of(tensors);
    }
}
