package io.tta4j;

import io.tta4j.method.Method;
import io.tta4j.model.AdaptableModel;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The adaptive models of a service, by name. Thread-safe. */
public final class AdaptiveModels implements AutoCloseable {

    private final RuntimeConfig config;
    private final Map<String, AdaptiveModel> models = new TreeMap<>();

    private AdaptiveModels(RuntimeConfig config) {
        this.config = config;
    }

    /** An empty registry whose models run as configured here, unless they are given a configuration of their own. */
    public static AdaptiveModels of(RuntimeConfig config) {
        return new AdaptiveModels(config);
    }

    /** An empty registry with the defaults. */
    public static AdaptiveModels ofDefaults() {
        return of(RuntimeConfig.ofDefaults());
    }

    /**
     * Puts a method around a model, under a name.
     *
     * @throws IllegalArgumentException if the name is taken, or as {@link AdaptiveModel#of(AdaptableModel, Method)}
     */
    public AdaptiveModel register(String name, AdaptableModel model, Method method) {
        return register(name, model, method, config);
    }

    /** As {@link #register(String, AdaptableModel, Method)}, with a configuration of its own. */
    public AdaptiveModel register(String name, AdaptableModel model, Method method, RuntimeConfig ownConfig) {
        return register(name, model, method, builder -> builder.config(ownConfig));
    }

    /**
     * As {@link #register(String, AdaptableModel, Method)}, with guards, a store, events or a configuration of its own.
     *
     * <pre>
     * .register("birds", model, method, birds -&gt; birds.guards(Guards.ofDefaults()).store(store))
     * </pre>
     *
     * @param runtime of what runs around the model; the name is the one given here
     */
    public synchronized AdaptiveModel register(
            String name, AdaptableModel model, Method method, UnaryOperator<AdaptiveModel.Builder> runtime) {
        if (models.containsKey(name)) {
            throw new IllegalArgumentException(
                    "a model's name must be new, but '%s' is taken; remove that first".formatted(name));
        }
        AdaptiveModel registered = runtime.apply(
                        AdaptiveModel.builder(model, method).config(config))
                .name(name)
                .build();
        models.put(name, registered);
        return registered;
    }

    /** The model of that name. */
    public synchronized Optional<AdaptiveModel> find(String name) {
        return Optional.ofNullable(models.get(name));
    }

    /** A copy of what is there, in alphabetical order. */
    public synchronized Map<String, AdaptiveModel> all() {
        return Collections.unmodifiableMap(new TreeMap<>(models));
    }

    /** Takes a model out and hands it over: it is the caller's to close. */
    public synchronized Optional<AdaptiveModel> remove(String name) {
        return Optional.ofNullable(models.remove(name));
    }

    /**
     * Closes the adaptive models that are there, each of them whatever becomes of the others; the models that they are
     * around stay open.
     *
     * @throws IllegalStateException if some could not be closed; names them, with their failures as suppressed
     */
    @Override
    public void close() {
        Map<String, Throwable> failures = new TreeMap<>();
        all().forEach((name, model) -> {
            try {
                model.close();
            } catch (RuntimeException | Error e) {
                failures.put(name, e);
            }
        });
        if (!failures.isEmpty()) {
            IllegalStateException failure = new IllegalStateException(
                    "adaptive models must close, but %s failed to; the others are closed".formatted(failures.keySet()));
            failures.values().forEach(failure::addSuppressed);
            throw failure;
        }
    }
}
