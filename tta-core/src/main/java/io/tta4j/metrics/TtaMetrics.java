package io.tta4j.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Micrometer's view of one adaptive model: what its events tell, and gauges. {@code docs/observability.md} lists the
 * meters.
 *
 * <p>Tags are the model's name, the method's and, where there is one, a cause; never a stream's key. So there are as
 * many meters for ten thousand streams as for one.
 *
 * <p>Thread-safe.
 */
public final class TtaMetrics implements MeterBinder, AutoCloseable {

    /** Causes beyond so many are counted as one: whoever invents names for them shall not flood a registry. */
    private static final int MOST_CAUSES = 32;

    private static final String OTHER = "other";
    private static final String CAUSE = "cause";

    private final Events events;
    private final Tags tags;
    private final Optional<Backlog> backlog;
    private final Optional<Cache> cache;
    private final List<Events.Subscription> subscriptions = new CopyOnWriteArrayList<>();

    /** What waits for adaptation. */
    private record Backlog(LongSupplier rows, LongSupplier bytes) {}

    /** Streams' states in memory. */
    private record Cache(LongSupplier states, LongSupplier bytes, LongSupplier hits, LongSupplier misses) {}

    private TtaMetrics(Events events, Tags tags, Optional<Backlog> backlog, Optional<Cache> cache) {
        this.events = events;
        this.tags = tags;
        this.backlog = backlog;
        this.cache = cache;
    }

    /**
     * The figures of a model, to be {@linkplain #bindTo bound} to a registry.
     *
     * @param model a name for it, such as {@code resnet50}
     * @param method the method's name
     */
    public static TtaMetrics of(Events events, String model, String method) {
        return new TtaMetrics(events, Tags.of("model", model, "method", method), Optional.empty(), Optional.empty());
    }

    /**
     * The same, with gauges of what waits for adaptation.
     *
     * @param rows how many samples wait now
     * @param bytes how large their inputs are
     */
    public TtaMetrics withBacklog(LongSupplier rows, LongSupplier bytes) {
        return new TtaMetrics(events, tags, Optional.of(new Backlog(rows, bytes)), cache);
    }

    /**
     * The same, with the figures of streams' states in memory.
     *
     * @param states how many there are
     * @param bytes that they take
     * @param hits how many were there so far when they were asked for
     * @param misses how many were not
     */
    public TtaMetrics withCache(LongSupplier states, LongSupplier bytes, LongSupplier hits, LongSupplier misses) {
        return new TtaMetrics(events, tags, backlog, Optional.of(new Cache(states, bytes, hits, misses)));
    }

    /** Makes the meters, and listens to events from now on until {@link #close}. */
    @Override
    public void bindTo(MeterRegistry registry) {
        bindAdaptation(registry);
        bindCauses(registry);
        bindStore(registry);
        backlog.ifPresent(waiting -> bindBacklog(registry, waiting));
        cache.ifPresent(states -> bindCache(registry, states));
    }

    private void bindAdaptation(MeterRegistry registry) {
        Timer predict = timer(registry, "tta.predict.latency", "from the call of predict to its answer");
        Timer overhead = timer(registry, "tta.predict.overhead", "what predict takes beside the model's forward pass");
        Counter samples = Counter.builder("tta.predict.samples")
                .description("samples that were answered")
                .baseUnit("samples")
                .tags(tags)
                .register(registry);
        on(RuntimeEvent.Answered.class, event -> {
            predict.record(event.nanos(), TimeUnit.NANOSECONDS);
            overhead.record(Math.max(0, event.nanos() - event.modelNanos()), TimeUnit.NANOSECONDS);
            samples.increment(event.rows());
        });
        Timer adaptation = timer(registry, "tta.adaptation.latency", "what an adaptation takes");
        DistributionSummary reliable = summary(
                registry, "tta.adaptation.reliable", "ratio", "the share of samples that a step could learn from");
        DistributionSummary entropy =
                summary(registry, "tta.adaptation.entropy", "nats", "mean entropy of a batch's predictions");
        DistributionSummary distance =
                summary(registry, "tta.adaptation.distance", null, "distance of theta to the source's after a step");
        Counter steps = Counter.builder("tta.adaptation.steps")
                .description("adaptations that took a step")
                .tags(tags)
                .register(registry);
        on(RuntimeEvent.Adapted.class, event -> {
            adaptation.record(event.nanos(), TimeUnit.NANOSECONDS);
            if (event.report().samples() > 0) {
                reliable.record(
                        (double) event.report().reliable() / event.report().samples());
            }
            recordFinite(entropy, event.meanEntropy());
            recordFinite(distance, event.distanceToSource());
            steps.increment(event.report().adaptedSamples() > 0 ? 1 : 0);
        });
        DistributionSummary agreement = summary(
                registry,
                "tta.shadow.agreement",
                "ratio",
                "the share of rows that source and adapted copy answer alike");
        on(RuntimeEvent.Shadowed.class, event -> recordFinite(agreement, event.agreement()));
    }

    /** A summary takes what is not a number as one, and is none from then on. */
    private static void recordFinite(DistributionSummary summary, double value) {
        if (Double.isFinite(value)) {
            summary.record(value);
        }
    }

    private void bindCauses(MeterRegistry registry) {
        Causes resets = causes(registry, "tta.resets", null, "times that theta went back to the source");
        on(RuntimeEvent.Reset.class, event -> resets.add(event.cause(), 1));
        Causes rollbacks = causes(registry, "tta.rollbacks", null, "times that a state went back to an earlier one");
        on(RuntimeEvent.RolledBack.class, event -> rollbacks.add(event.cause(), 1));
        Causes rejections = causes(registry, "tta.rejections", null, "states that a guard refused");
        on(RuntimeEvent.Rejected.class, event -> rejections.add(event.guard(), 1));
        Causes held = causes(registry, "tta.held", "samples", "samples that a guard held back from adaptation");
        on(RuntimeEvent.Held.class, event -> held.add(event.guard(), event.rows()));
        Causes drops = causes(registry, "tta.drops", "samples", "samples that were given up before adaptation");
        on(RuntimeEvent.Dropped.class, event -> drops.add(event.cause(), event.rows()));
        Causes failures = causes(registry, "tta.adaptation.failures", null, "adaptations that failed");
        on(
                RuntimeEvent.Failed.class,
                event -> failures.add(event.cause().getClass().getSimpleName(), 1));
    }

    private void bindStore(MeterRegistry registry) {
        Timer saves = timer(registry, "tta.snapshot.saves", "what writing a state takes");
        DistributionSummary sizes =
                summary(registry, "tta.snapshot.size", BaseUnits.BYTES, "the size of a written state");
        on(RuntimeEvent.Saved.class, event -> {
            saves.record(event.nanos(), TimeUnit.NANOSECONDS);
            sizes.record((double) event.bytes());
        });
        count(
                registry,
                RuntimeEvent.StoreFailed.class,
                "tta.snapshot.failures",
                "states that could not be kept or read");
        count(
                registry,
                RuntimeEvent.RecordLost.class,
                "tta.audit.lost",
                "records of the audit trail that could not be written");
        count(registry, RuntimeEvent.Evicted.class, "tta.cache.evictions", "states that left memory");
        count(registry, RuntimeEvent.Restored.class, "tta.cache.restores", "states that came back from the store");
    }

    private void bindBacklog(MeterRegistry registry, Backlog waiting) {
        gauge(
                registry,
                "tta.backlog",
                "samples",
                "samples that wait for adaptation",
                waiting,
                now -> now.rows().getAsLong());
        gauge(
                registry,
                "tta.backlog.size",
                BaseUnits.BYTES,
                "the size of what waits for adaptation",
                waiting,
                now -> now.bytes().getAsLong());
    }

    private void bindCache(MeterRegistry registry, Cache states) {
        gauge(
                registry,
                "tta.cache.states",
                "states",
                "states in memory",
                states,
                now -> now.states().getAsLong());
        gauge(
                registry,
                "tta.cache.size",
                BaseUnits.BYTES,
                "the size of the states in memory",
                states,
                now -> now.bytes().getAsLong());
        gets(registry, "hit", states.hits());
        gets(registry, "miss", states.misses());
    }

    private void gets(MeterRegistry registry, String result, LongSupplier figure) {
        FunctionCounter.builder("tta.cache.gets", figure, now -> (double) now.getAsLong())
                .description("states that were asked for")
                .tags(tags.and("result", result))
                .register(registry);
    }

    private <T> void gauge(
            MeterRegistry registry, String name, String unit, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value)
                .strongReference(true)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }

    private Timer timer(MeterRegistry registry, String name, String description) {
        return Timer.builder(name).description(description).tags(tags).register(registry);
    }

    private DistributionSummary summary(
            MeterRegistry registry, String name, @Nullable String unit, String description) {
        return DistributionSummary.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }

    private void count(MeterRegistry registry, Class<? extends RuntimeEvent> type, String name, String description) {
        Counter counter =
                Counter.builder(name).description(description).tags(tags).register(registry);
        on(type, event -> counter.increment());
    }

    private <E extends RuntimeEvent> void on(Class<E> type, Consumer<? super E> listener) {
        subscriptions.add(events.on(type, listener));
    }

    private Causes causes(MeterRegistry registry, String name, @Nullable String unit, String description) {
        return new Causes(cause -> Counter.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags(tags.and(CAUSE, cause))
                .register(registry));
    }

    /** A counter for each cause, up to a number of them. */
    private record Causes(ConcurrentHashMap<String, Counter> counters, Function<String, Counter> make) {

        Causes(Function<String, Counter> make) {
            this(new ConcurrentHashMap<>(), make);
        }

        void add(String cause, double amount) {
            boolean known = counters.containsKey(cause) || counters.size() < MOST_CAUSES;
            counters.computeIfAbsent(known ? cause : OTHER, make).increment(amount);
        }
    }

    /** Listens no more. The meters stay in their registries, as they are. */
    @Override
    public void close() {
        subscriptions.forEach(Events.Subscription::close);
        subscriptions.clear();
    }
}
