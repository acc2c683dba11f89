package io.tta4j.examples.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.tta4j.AdaptiveModel;
import io.tta4j.AdaptiveStream;
import io.tta4j.Counters;
import io.tta4j.engine.InspectableModel;
import io.tta4j.engine.Inspection;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent.StoreFailed;
import io.tta4j.examples.server.TtaReport.Learning;
import io.tta4j.health.Health;
import io.tta4j.method.Answer;
import io.tta4j.metrics.TtaMetrics;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.snapshot.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A model that tta4j adapts, stream by stream. Owns all that it is made of. */
final class AdaptingModel implements ServedModel {

    private final AdaptableModel model;
    private final Optional<SnapshotStore> store;
    private final AdaptiveModel adaptive;
    private final Observers observers;
    private final TtaMetrics metrics;
    private final AdaptingConfig config;
    private final List<OutputSpec> outputs;
    private final String platform;

    /**
     * Serves a model.
     *
     * @param model closed with this, and where this cannot be made; so is the store
     * @param output the name of the model's own output
     * @param store where states are kept, if anywhere
     */
    AdaptingModel(
            AdaptableModel model,
            String output,
            String platform,
            String name,
            AdaptingConfig config,
            Optional<SnapshotStore> store) {
        this.model = model;
        this.store = store;
        this.config = config;
        // It hears what building the model reads from the store.
        Events events = new Events();
        this.observers = new Observers(events);
        try {
            this.adaptive = adaptive(name, events);
        } catch (RuntimeException | Error e) {
            store.ifPresent(kept -> close(kept, e));
            close(model, e);
            throw e;
        }
        this.metrics = TtaMetrics.of(events, name, config.method().name())
                .withBacklog(adaptive::pendingSamples, adaptive::pendingBytes)
                .withCache(
                        adaptive::streamsInMemory, adaptive::streamBytes, adaptive::streamHits, adaptive::streamMisses);
        this.outputs = List.of(new OutputSpec(output, model.classes()));
        this.platform = platform;
    }

    private AdaptiveModel adaptive(String name, Events events) {
        AdaptiveModel.Builder builder = AdaptiveModel.builder(model, config.method())
                .name(name)
                .config(config.runtime())
                .guards(config.guards())
                .events(events);
        store.map(kept -> UnavailableStore.unlessReadable(kept, model, config.method()))
                .ifPresent(kept -> {
                    builder.store(kept);
                    if (kept instanceof UnavailableStore unavailable) {
                        events.publish(StoreFailed.class, () -> new StoreFailed("", unavailable.reason()));
                    }
                });
        return builder.build();
    }

    private static void close(AutoCloseable resource, Throwable after) {
        try {
            resource.close();
        } catch (Exception e) {
            after.addSuppressed(e);
        }
    }

    /** The name of the output that a model answers with. */
    static String output(InspectableModel model) {
        Inspection found = model.inspection();
        return found.outputs().size() == 1 ? found.outputs().get(0) : found.logits();
    }

    @Override
    public String platform() {
        return platform;
    }

    @Override
    public List<InputSpec> inputs() {
        return model.inputs();
    }

    @Override
    public List<OutputSpec> outputs() {
        return outputs;
    }

    @Override
    public TtaMode defaultMode() {
        return TtaMode.of(config.runtime().mode());
    }

    @Override
    public Inference infer(Batch batch, Adapting adapting) {
        if (adapting.mode() == TtaMode.OFF) {
            // The same for every stream: none has to come into memory for it.
            Answer answer = adaptive.predict(batch, adapting.mode().mode());
            return new Inference(List.of(answer.output()), Optional.of(TtaReport.off(adapting)));
        }
        String key = KeyHash.of(adapting.stream());
        AdaptiveStream stream = adaptive.stream(key);
        Answer answer = stream.predict(batch, adapting.mode().mode());
        Counters counters = stream.counters();
        Learning learning = new Learning(config.method().name(), counters.steps(), counters.resets());
        OptionalDouble agreement =
                adapting.mode() == TtaMode.SHADOW ? observers.agreement(key) : OptionalDouble.empty();
        return new Inference(
                List.of(answer.output()), Optional.of(new TtaReport(adapting, Optional.of(learning), agreement)));
    }

    @Override
    public Health health() {
        return observers.health();
    }

    @Override
    public Optional<String> unready() {
        Health health = health();
        return config.readyOnlyWhenUp() && health.status() != Health.Status.UP
                ? Optional.of(String.join("; ", health.reasons()))
                : Optional.empty();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        metrics.bindTo(registry);
    }

    /** Learns from what is pending as configured, saves what has been learned, and lets go of the store. */
    @Override
    public void close() {
        try {
            adaptive.close();
            if (store.isPresent()) {
                store.get().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("states are saved, but their folder was not closed: " + e.getMessage(), e);
        } finally {
            metrics.close();
            observers.close();
            model.close();
        }
    }
}
