package io.tta4j.audit;

import io.tta4j.audit.StateSource.Origin;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what every step was made of: what the method got from its passes, and what became of what it returned;
 * and every other change of a state. {@link AuditReplay} rebuilds the states from that, bit for bit.
 * {@code docs/audit.md} has the format.
 *
 * <p>One trail is of one model with one method, and of all its streams. It lies in a folder, in parts; a folder takes
 * any number of runs one after another. A record is written when its step is over, in the thread that took it, and is
 * there whatever happens to the process afterwards. What is held in memory is the step at hand, and the keys of the
 * streams that the part at hand has seen.
 *
 * <p>A record that cannot be written fails no request: it is lost and counted, told as {@link RuntimeEvent.RecordLost},
 * and after a while a new part begins with the states as they are then. Thread-safe.
 */
public final class AuditTrail implements Recorder, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);

    static final int FORMAT = 1;

    /** The cause of a change that puts theta back to the source. */
    public static final String RESET = "reset";

    private final Path folder;
    private final AuditConfig config;
    private final ReentrantLock writing = new ReentrantLock();
    private final Set<String> seen = new HashSet<>();
    private String run = newRun();
    private int parts;
    private long numbers;
    private long lost;
    private long failures;
    private boolean closed;
    private @Nullable Origins origins;
    private @Nullable Part part;
    private @Nullable Instant failed;

    /** What all streams have in common. */
    private record Origins(Line.Opening opening, State initial, Events events) {}

    private AuditTrail(Path folder, AuditConfig config) {
        this.folder = folder;
        this.config = config;
    }

    /**
     * A trail in a folder, which is made where it is missing. Other runs that it holds stay.
     *
     * @throws IOException if the folder cannot be made or is not writable
     */
    public static AuditTrail in(Path folder, AuditConfig config) throws IOException {
        Files.createDirectories(folder);
        if (!Files.isWritable(folder)) {
            throw new IOException("the audit folder must be writable, but %s is not".formatted(folder));
        }
        return new AuditTrail(folder, config);
    }

    /** A trail with default settings. */
    public static AuditTrail in(Path folder) throws IOException {
        return in(folder, AuditConfig.ofDefaults());
    }

    private static String newRun() {
        return UUID.randomUUID().toString();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the trail already has a model
     * @throws UncheckedIOException if the first part cannot be written: better told before the first request
     */
    @Override
    public void begin(Method method, AdaptableModel model, State initial, Events events) {
        ModelFacts facts = ModelFacts.of(model, method.statistics());
        writing.lock();
        try {
            if (origins != null) {
                throw new IllegalStateException("a trail must be of one model, but was given a second one");
            }
            Line.Opening opening = new Line.Opening(
                    FORMAT,
                    run,
                    0,
                    "",
                    method.name(),
                    new TreeMap<>(config.settings()),
                    SettingFiles.hashes(config.settings()),
                    config.withInputs(),
                    model.fingerprint(),
                    facts,
                    Versions.current(),
                    StateSource.whole(initial));
            origins = new Origins(opening, initial, events);
            part = open(origins);
        } catch (IOException e) {
            throw new UncheckedIOException("the audit trail in %s cannot be begun".formatted(folder), e);
        } finally {
            writing.unlock();
        }
    }

    /** Begins a part. */
    private Part open(Origins known) throws IOException {
        Line.Opening opening = known.opening();
        Part next = Part.next(folder, config.forced());
        try {
            next.add(new Line.Opening(
                    opening.format(),
                    run,
                    parts + 1,
                    now(),
                    opening.method(),
                    opening.settings(),
                    opening.files(),
                    opening.withInputs(),
                    opening.model(),
                    opening.facts(),
                    opening.versions(),
                    opening.initial()));
        } catch (IOException e) {
            giveUp(next);
            throw e;
        }
        parts++;
        seen.clear();
        keepTheLast();
        return next;
    }

    /** A part that cannot be deleted is no reason to write none: it goes with the next. */
    private void keepTheLast() {
        if (config.keptParts() > 0) {
            try {
                Part.keep(folder, config.keptParts());
            } catch (IOException e) {
                LOG.warn("the oldest parts of the audit trail in {} cannot be deleted: {}", folder, e.toString());
            }
        }
    }

    @Override
    public Step step(String stream, Batch batch, AdaptableModel model, Pass pass, State before) {
        return new RecordedStep(stream, batch, model, pass, before);
    }

    @Override
    public void changed(String stream, State before, State after, String cause) {
        String hash = StateHash.of(after);
        StateSource source = StateSource.of(after, known(Optional.empty(), before));
        write(stream, before, number -> new Line.Change(number, stream, now(), cause, source, hash));
    }

    private Map<Origin, State> known(Optional<State> made, State before) {
        Map<Origin, State> known = new EnumMap<>(Origin.class);
        made.ifPresent(state -> known.put(Origin.MADE, state));
        known.put(Origin.BEFORE, before);
        known.put(Origin.INITIAL, begun().initial());
        return known;
    }

    private Origins begun() {
        Origins known = origins;
        if (known == null) {
            throw new IllegalStateException("a trail must have begun before a state changes");
        }
        return known;
    }

    private String now() {
        return config.clock().instant().toString();
    }

    /** A line that is told its number. */
    @FunctionalInterface
    private interface Numbered {
        Line line(long number);
    }

    @Override
    public void came(String stream, State state) {
        Line.Stream line = new Line.Stream(stream, StateSource.whole(state), StateHash.of(state), true);
        attempt(stream, () -> {
            // Where it cannot be written, the run ends, and the next one begins with the states as they are.
            if (!closed && part != null) {
                current().add(line);
                seen.add(stream);
            }
            return Optional.empty();
        });
    }

    @Override
    public void removed(String stream) {
        attempt(stream, () -> {
            // Where no part is at hand, the next run begins with the streams that there are then.
            Part current = part;
            if (!closed && current != null) {
                current.add(new Line.Removed(stream, now()));
                seen.remove(stream);
            }
            return Optional.empty();
        });
    }

    private void write(String stream, State before, Numbered numbered) {
        attempt(stream, () -> {
            if (closed) {
                return Optional.of("the trail is closed");
            }
            if (isWaiting()) {
                return Optional.of("a write failed a while ago");
            }
            Part current = current();
            if (!seen.contains(stream)) {
                current.add(new Line.Stream(stream, StateSource.whole(before), StateHash.of(before), false));
                seen.add(stream);
            }
            current.add(numbered.line(numbers + 1));
            numbers++;
            failed = null;
            return Optional.empty();
        });
    }

    /** Writes something; returns why it did not, if so. */
    @FunctionalInterface
    private interface Attempt {
        Optional<String> write() throws IOException;
    }

    /** What is lost is told once the lock is given back. */
    private void attempt(String stream, Attempt attempt) {
        lostBy(attempt)
                .ifPresent(reason -> begun().events()
                        .publish(RuntimeEvent.RecordLost.class, () -> new RuntimeEvent.RecordLost(stream, reason)));
    }

    private Optional<String> lostBy(Attempt attempt) {
        writing.lock();
        try {
            Optional<String> reason = attempt.write();
            lost += reason.isPresent() ? 1 : 0;
            return reason;
        } catch (IOException e) {
            lost++;
            fail(e);
            return Optional.of(e.toString());
        } finally {
            writing.unlock();
        }
    }

    /** The part at hand, or the next one where there is none or it is full. */
    private Part current() throws IOException {
        Part current = part;
        if (current == null) {
            // What was lost in between is not told: another run, from the states as they are.
            run = newRun();
            parts = 0;
            numbers = 0;
            current = open(begun());
        } else if (current.size() >= config.partBytes()) {
            part = null;
            current.close();
            current = open(begun());
        }
        part = current;
        return current;
    }

    private boolean isWaiting() {
        return failed != null && config.clock().instant().isBefore(failed.plus(config.retry()));
    }

    /** Logs the first failure; the others are told as events. */
    private void fail(IOException cause) {
        if (failures++ == 0) {
            LOG.warn("the audit trail in {} cannot be written; further failures are told as events", folder, cause);
        }
        failed = config.clock().instant();
        Part broken = part;
        part = null;
        if (broken != null) {
            giveUp(broken);
        }
    }

    private static void giveUp(Part broken) {
        try {
            broken.giveUp();
        } catch (IOException e) {
            LOG.debug("a broken part could not be closed", e);
        }
    }

    /** How many steps and changes could not be written. */
    public long lost() {
        writing.lock();
        try {
            return lost;
        } finally {
            writing.unlock();
        }
    }

    /** Ends the trail; what happens from then on is not recorded. */
    @Override
    public void close() throws IOException {
        writing.lock();
        try {
            closed = true;
            Part last = part;
            part = null;
            if (last != null) {
                try (last) {
                    last.add(new Line.End(now(), numbers, lost));
                }
            }
        } finally {
            writing.unlock();
        }
    }

    /** A step that notes what the method gets. */
    private final class RecordedStep implements Step {

        private final String stream;
        private final Batch batch;
        private final AdaptableModel model;
        private final Pass pass;
        private final State before;
        private final Journal journal = new Journal();
        private Optional<Adaptation> made = Optional.empty();

        RecordedStep(String stream, Batch batch, AdaptableModel model, Pass pass, State before) {
            this.stream = stream;
            this.batch = batch;
            this.model = model;
            this.pass = pass;
            this.before = before;
        }

        @Override
        public Adaptation adapt(Method method) {
            Adaptation adaptation =
                    method.adapt(new RecordedModel(model, journal), new RecordedPass(pass, 0, journal), before);
            made = Optional.of(adaptation);
            return adaptation;
        }

        @Override
        public void published(State after, String outcome) {
            String hash = StateHash.of(after);
            StateSource source = StateSource.of(after, known(made.map(Adaptation::state), before));
            Map<String, Line.Input> inputs = inputs();
            List<Call> calls = journal.calls();
            write(
                    stream,
                    before,
                    number -> new Line.Step(
                            number,
                            stream,
                            now(),
                            batch.rows(),
                            inputs,
                            calls,
                            made.map(adaptation -> Line.Report.of(adaptation.report()))
                                    .orElse(null),
                            entropy(calls),
                            outcome,
                            after.scalars(),
                            source,
                            hash));
        }

        private Map<String, Line.Input> inputs() {
            Map<String, Line.Input> inputs = new TreeMap<>();
            batch.inputs().forEach((name, tensor) -> inputs.put(name, input(tensor)));
            return inputs;
        }

        private Line.Input input(Tensor tensor) {
            return new Line.Input(
                    tensor.type().name(),
                    LongStream.of(tensor.shape()).boxed().toList(),
                    Sha256.of(tensor),
                    config.withInputs() ? new Bytes(tensor.data()) : null);
        }

        private static @Nullable Double entropy(List<Call> calls) {
            for (Call call : calls) {
                if (call instanceof Call.Logits logits && logits.pass() == 0) {
                    double entropy = meanEntropy(logits.values());
                    return Double.isFinite(entropy) ? entropy : null;
                }
            }
            return null;
        }
    }

    private static double meanEntropy(Matrix logits) {
        return IntStream.range(0, logits.rows())
                .mapToDouble(row -> entropy(logits.row(row)))
                .average()
                .orElse(Double.NaN);
    }

    /** Of the softmax, in nats. */
    private static double entropy(float[] logits) {
        double largest = IntStream.range(0, logits.length)
                .mapToDouble(k -> logits[k])
                .max()
                .orElseThrow();
        double[] shifted = IntStream.range(0, logits.length)
                .mapToDouble(k -> logits[k] - largest)
                .toArray();
        double sum = Arrays.stream(shifted).map(Math::exp).sum();
        return Math.log(sum) - Arrays.stream(shifted).map(z -> z * Math.exp(z)).sum() / sum;
    }
}
