package io.tta4j;

import io.tta4j.audit.Recorder;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.guard.Guards;
import io.tta4j.method.Method;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.ModelException;
import io.tta4j.slice.Ticker;
import io.tta4j.snapshot.SnapshotStore;
import io.tta4j.snapshot.StreamKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A served model that adapts to the stream it serves.
 *
 * <p>In INLINE execution, the default, {@link #predict} returns the answer of its forward pass, after the step that the
 * batch led to. The same requests in the same order give the same bits. Calls from several threads are taken one after
 * another. Each request leads to a step of its own, however small it is, unless
 * {@linkplain RuntimeConfig#adaptationBatch an adaptation batch} is set: then it is answered and kept, and the request
 * that makes a batch of those that were kept leads to their step.
 *
 * <p>In BACKGROUND execution {@link #predict} returns after its forward pass, and never waits for a step. The inputs
 * are copied; a thread of the model's own gathers them into adaptation batches of one trailing shape, passes these
 * again at the state as it is then, and publishes what comes of it. It runs in slices of a few rows while no request is
 * being answered, within a {@linkplain RuntimeConfig#budget budget}; where requests come faster than it learns,
 * {@linkplain RuntimeConfig#overload some are given up}.
 *
 * <p>Where the method wants {@linkplain io.tta4j.model.Statistics moving statistics}, a request moves those of batch
 * norm first, in a forward pass of its own, and is answered under what they have become; they are part of the state. A
 * batch that would make them other than finite leaves them as they are. Gathered requests are answered under those that
 * are published, and move them with their step.
 *
 * <p>Where the method {@linkplain io.tta4j.method.ClassLearner learns classes}, they are registered here, and samples
 * that look like none can be read back.
 *
 * <p>{@link Guards} say what is adapted to and what of it is published. An adaptation that fails or that they refuse is
 * dropped and counted; the request is answered all the same. What happens is told as {@linkplain #events events}.
 *
 * <p>It is a stream of requests itself, the one without a key; {@link #stream} has as many others as there are keys,
 * each with a state of its own. Those in memory take {@linkplain RuntimeConfig#streamBytes a bound of bytes} while they
 * are not in use; who had no request for longest leaves for the {@linkplain Builder#store store}, from which all go on
 * with the same bits, after a restart too. The stream without a key never leaves.
 *
 * <p>Thread-safe. Does not own the model, nor the store: the caller closes these, after this.
 */
public final class AdaptiveModel extends AdaptiveStream implements AutoCloseable {

    private static final String UNNAMED = "model";

    private final String name;
    private final AdaptiveRuntime runtime;
    private final StreamState stream;

    private AdaptiveModel(String name, AdaptiveRuntime runtime) {
        super(runtime, Streams.OWN);
        this.name = name;
        this.runtime = runtime;
        this.stream = runtime.streams().own();
    }

    /**
     * Puts {@code method} around {@code model}, starting from the model as it was trained, with batch norm on the
     * method's {@linkplain Method#statistics statistics}, in INLINE execution.
     *
     * @throws ModelException if the method wants statistics that the model cannot take
     * @throws IllegalArgumentException if the method's settings do not fit the model
     */
    public static AdaptiveModel of(AdaptableModel model, Method method) {
        return builder(model, method).build();
    }

    /** As {@link #of(AdaptableModel, Method)}, run as configured. In BACKGROUND it is to be closed by the caller. */
    public static AdaptiveModel of(AdaptableModel model, Method method, RuntimeConfig config) {
        return builder(model, method).config(config).build();
    }

    /** A builder for what {@link #of(AdaptableModel, Method)} leaves at its defaults. */
    public static Builder builder(AdaptableModel model, Method method) {
        return new Builder(model, method);
    }

    /** Builds an {@link AdaptiveModel}. Not thread-safe. */
    public static final class Builder {

        private final AdaptableModel model;
        private final Method method;
        private String name = UNNAMED;
        private RuntimeConfig config = RuntimeConfig.ofDefaults();
        private Guards guards = Guards.finiteOnly();
        private Recorder recorder = Recorder.none();
        private Events events = new Events();
        private Optional<SnapshotStore> store = Optional.empty();

        private Builder(AdaptableModel model, Method method) {
            this.model = model;
            this.method = method;
        }

        /** What it is called, also its thread; by default {@code model}. */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /** How it is run; by default {@link RuntimeConfig#ofDefaults}. */
        public Builder config(RuntimeConfig config) {
            this.config = config;
            return this;
        }

        /**
         * What keeps states sound; by default only those that are not finite are refused, so that a method is what was
         * published. Who serves users takes {@link Guards#ofDefaults} or more.
         */
        public Builder guards(Guards guards) {
            this.guards = guards;
            return this;
        }

        /**
         * Who is told where every state comes from, such as an {@link io.tta4j.audit.AuditTrail}; by default nobody.
         *
         * @param recorder stays the caller's to close
         */
        public Builder recorder(Recorder recorder) {
            this.recorder = recorder;
            return this;
        }

        /**
         * Where to tell what happens; by default {@link AdaptiveModel#events events} of its own, which nobody can
         * listen to before it is built. Who listens to these hears of what building it reads from the store, too.
         */
        public Builder events(Events events) {
            this.events = events;
            return this;
        }

        /**
         * Where streams are saved, and go on from; by default nowhere: who leaves memory is forgotten.
         *
         * @param store such as a {@link io.tta4j.snapshot.SnapshotDirectory}; stays the caller's to close, after this
         */
        public Builder store(SnapshotStore store) {
            this.store = Optional.of(store);
            return this;
        }

        /**
         * The adaptive model; in BACKGROUND execution, and with a store, it has a thread from now on, until it is
         * closed. The stream without a key goes on from what was saved of it.
         *
         * @throws ModelException if the method wants statistics that the model cannot take
         * @throws IllegalArgumentException if the method's settings do not fit the model
         * @throws UncheckedIOException if the store cannot be read
         */
        public AdaptiveModel build() {
            // Before there is a thread: the method may refuse the model.
            Serving serving = new Serving(model, method, guards, recorder, events, Ticker.SYSTEM);
            Streams streams = Streams.open(serving, config, store, name);
            return new AdaptiveModel(name, new AdaptiveRuntime(serving, streams, config, name));
        }
    }

    /** The name that it is registered under in {@link AdaptiveModels}; {@code model} if it is in none. */
    public String name() {
        return name;
    }

    /** The stream without a key is there, whatever becomes of the others, and after the end too. */
    @Override
    <R> R with(Function<StreamState, R> use) {
        return use.apply(stream);
    }

    @Override
    <R> R inMemory(Function<StreamState, R> use) {
        return use.apply(stream);
    }

    /**
     * The stream of requests of that key, such as {@code camera-17}: a view, nothing is made or read before it is used.
     *
     * @param key at most {@value StreamKey#LONGEST} bytes of UTF-8 without control characters; the empty one is this
     *     model's own
     * @throws IllegalArgumentException if the key is not so
     */
    public AdaptiveStream stream(String key) {
        return key.equals(Streams.OWN) ? this : new AdaptiveStream(runtime, new StreamKey(key).text());
    }

    /**
     * The keys of all streams, in memory and in the store, in alphabetical order; not that of the model's own.
     *
     * @throws IOException if the store cannot be read
     */
    public Set<String> streams() throws IOException {
        return runtime.streams().keys();
    }

    /** How many streams are in memory now, the model's own among them. */
    public int streamsInMemory() {
        return runtime.streams().inMemory();
    }

    /** Bytes that the streams in memory take which are not in use. */
    public long streamBytes() {
        return runtime.streams().bytes();
    }

    /** How often a stream was asked for that was in memory. */
    public long streamHits() {
        return runtime.streams().hits();
    }

    /** How often a stream was asked for that was not, and came from the store or began. */
    public long streamMisses() {
        return runtime.streams().misses();
    }

    /** Samples that wait to be learned from, of all streams; those of the step at hand are none. */
    public long pendingSamples() {
        return runtime.backlog().map(Backlog::rows).orElse(0L);
    }

    /** Bytes of memory that they take, at most {@link RuntimeConfig#pendingBytes}. */
    public long pendingBytes() {
        return runtime.backlog().map(Backlog::bytes).orElse(0L);
    }

    /**
     * Publishes a stream's state in another one, which goes on from there; its counters go on.
     *
     * @param to empty for the model's own
     * @throws IllegalArgumentException if a key is none, or the stream to copy from is neither in memory nor in the
     *     store; nothing has changed then
     * @throws IOException if the store cannot say what it has of that; nothing has changed then
     */
    public void copy(String from, String to) throws IOException {
        serve(() -> runtime.streams().copy(from, to));
        events().publish(RuntimeEvent.RolledBack.class, () -> new RuntimeEvent.RolledBack(to, AdaptiveRuntime.CALLER));
    }

    /** Publishes a stream's state in the model's own; as {@link #copy}. */
    public void promote(String key) throws IOException {
        copy(key, Streams.OWN);
    }

    /**
     * Publishes a version of a stream that the {@linkplain SnapshotStore#versions store has kept}. It is saved as a new
     * one, with the others that have changed.
     *
     * @param key empty for the model's own
     * @throws IOException if there is no store, no such version, or it cannot be used; nothing has changed then
     */
    public void rollBack(String key, long version) throws IOException {
        serve(() -> runtime.streams().rollBack(key, version));
    }

    /**
     * Forgets a stream, in memory and in the store; the next request begins it anew. Who uses it at the moment goes on
     * with what is then nobody's, and no {@link Builder#recorder recorder} hears of; what waits to be learned from is
     * dropped.
     *
     * @throws IllegalArgumentException if the key is empty: the model's own stream can be {@link #reset}
     * @throws IOException if the store cannot forget it; it is there still then
     */
    public void removeStream(String key) throws IOException {
        if (key.equals(Streams.OWN)) {
            throw new IllegalArgumentException(
                    "a stream that is removed must have a key, but it was empty; reset the model's own stream instead");
        }
        serve(() -> runtime.streams().remove(key));
    }

    /** Something to do that may fail with an exception of a kind. */
    @FunctionalInterface
    private interface Work<E extends Exception> {

        void run() throws E;
    }

    /** Counts as a request: closing waits for it. */
    private <E extends Exception> void serve(Work<E> work) throws E {
        runtime.enter();
        try {
            work.run();
        } finally {
            runtime.leave();
        }
    }

    /** Where to listen to what happens. Listeners must not call back. */
    public Events events() {
        return runtime.events();
    }

    /** What is done with requests that do not say it themselves. */
    public Mode mode() {
        return runtime.mode();
    }

    /**
     * Changes what is done with requests from now on; those that are being answered go by the mode before. Where the
     * new mode learns nothing, what is pending is dropped, and nothing of it is published once this returns.
     */
    public void setMode(Mode mode) {
        runtime.setMode(mode);
    }

    /**
     * Begins no step until {@link #resume}. In BACKGROUND requests are kept within the bound meanwhile, and a step that
     * is under way stops before its next slice. INLINE, requests are answered and not learned from, or kept where they
     * are gathered.
     */
    public void pause() {
        runtime.pause();
    }

    /** Ends a {@link #pause}. */
    public void resume() {
        runtime.resume();
    }

    /**
     * Learns from what is pending, without regard to age, budget or pause, and returns when that is done; requests
     * still go first. Not to be called by a listener.
     */
    public void flush() {
        runtime.schedule().flush();
    }

    /**
     * Takes no more requests, waits for those that are being answered, learns from what is pending or
     * {@linkplain RuntimeConfig#finishOnClose drops} it, saves all streams that have changed, and ends its threads. The
     * model's own state remains readable; the model and the store stay open. Not to be called by a listener.
     */
    @Override
    public void close() {
        runtime.close();
    }
}
