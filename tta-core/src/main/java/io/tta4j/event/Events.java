package io.tta4j.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells events to their listeners, in the order in which these came.
 *
 * <p>A listener that throws is logged and heard no less of the next event; it fails no request. Thread-safe.
 */
public final class Events {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);

    private final List<Listener<?>> listeners = new CopyOnWriteArrayList<>();

    private record Listener<E extends RuntimeEvent>(Class<E> type, Consumer<? super E> consumer) {

        boolean wants(Class<? extends RuntimeEvent> other) {
            return type.isAssignableFrom(other);
        }

        void tell(RuntimeEvent event) {
            consumer.accept(type.cast(event));
        }
    }

    /** Ends what {@link #on} began. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {

        @Override
        void close();
    }

    /**
     * Listens to one type of events, or with {@link RuntimeEvent} itself to all.
     *
     * @return to be closed when the listener has heard enough
     */
    public <E extends RuntimeEvent> Subscription on(Class<E> type, Consumer<? super E> listener) {
        Listener<E> added = new Listener<>(type, listener);
        listeners.add(added);
        return () -> listeners.remove(added);
    }

    /** Whether anyone listens to a type: for whoever has work to do before an event can be built. */
    public boolean wanted(Class<? extends RuntimeEvent> type) {
        for (Listener<?> listener : listeners) {
            if (listener.wants(type)) {
                return true;
            }
        }
        return false;
    }

    /** Tells an event, which is built only if anyone listens to its type. */
    public <E extends RuntimeEvent> void publish(Class<E> type, Supplier<? extends E> event) {
        if (wanted(type)) {
            E built = event.get();
            for (Listener<?> listener : listeners) {
                tell(listener, type, built);
            }
        }
    }

    private static void tell(Listener<?> listener, Class<? extends RuntimeEvent> type, RuntimeEvent event) {
        if (listener.wants(type)) {
            try {
                listener.tell(event);
            } catch (RuntimeException | Error e) {
                LOG.warn("a listener to {} failed; it is told the next one all the same", type.getSimpleName(), e);
            }
        }
    }
}
