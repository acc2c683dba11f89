package io.tta4j.examples.server;

import io.tta4j.AdaptiveModel;
import io.tta4j.Counters;
import io.tta4j.method.Method;
import io.tta4j.model.AdaptableModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An {@link AdaptiveModel} a stream, so many at most: the one that was used the longest ago is saved and makes room.
 * One that a request is working on stays.
 */
final class BoundedTenants implements Tenants {

    private static final Logger LOG = LoggerFactory.getLogger(BoundedTenants.class);

    private final AdaptableModel model;
    private final Method method;
    private final StateKeeper keeper;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Tenant> tenants = new LinkedHashMap<>(16, 0.75f, true);
    private Counters gone = new Counters(0, 0, 0, 0, 0, 0, 0);

    private static final class Tenant {

        private final AdaptiveModel adaptive;
        private int users;

        Tenant(AdaptiveModel adaptive) {
            this.adaptive = adaptive;
        }
    }

    /** @param capacity how many streams there are in memory at most */
    BoundedTenants(AdaptableModel model, Method method, StateKeeper keeper, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("streams in memory must be at least 1, but were " + capacity);
        }
        this.model = model;
        this.method = method;
        this.keeper = keeper;
        this.capacity = capacity;
    }

    @Override
    public <T> T on(String key, Function<AdaptiveModel, T> work) {
        Tenant tenant = acquire(key);
        try {
            return work.apply(tenant.adaptive);
        } finally {
            release(tenant);
        }
    }

    private Tenant acquire(String key) {
        lock.lock();
        try {
            Tenant tenant = tenants.get(key);
            if (tenant == null) {
                makeRoom();
                tenant = new Tenant(restored(key));
                tenants.put(key, tenant);
            }
            tenant.users++;
            return tenant;
        } finally {
            lock.unlock();
        }
    }

    private void release(Tenant tenant) {
        lock.lock();
        try {
            tenant.users--;
        } finally {
            lock.unlock();
        }
    }

    private void makeRoom() {
        if (tenants.size() < capacity) {
            return;
        }
        Map.Entry<String, Tenant> oldest = tenants.entrySet().stream()
                .filter(entry -> entry.getValue().users == 0)
                .findFirst()
                .orElseThrow(() -> Refusal.of(
                        Refusal.OVERLOADED,
                        "there must be at most %d streams at work, but there are as many",
                        capacity));
        save(oldest.getKey(), oldest.getValue());
        gone = sum(gone, oldest.getValue().adaptive.counters());
        tenants.remove(oldest.getKey());
    }

    private AdaptiveModel restored(String key) {
        try {
            return keeper.restore(key)
                    .map(state -> AdaptiveModel.of(model, new ResumedMethod(method, state)))
                    .orElseGet(() -> AdaptiveModel.of(model, method));
        } catch (IOException e) {
            LOG.warn("the state of stream {} cannot be read; it starts from the source", KeyHash.brief(key), e);
            return AdaptiveModel.of(model, method);
        }
    }

    private void save(String key, Tenant tenant) {
        try {
            keeper.save(key, tenant.adaptive.state());
        } catch (IOException e) {
            LOG.warn("the state of stream {} cannot be saved; what it learned is lost", KeyHash.brief(key), e);
        }
    }

    private static Counters sum(Counters a, Counters b) {
        return new Counters(
                a.requests() + b.requests(),
                a.samples() + b.samples(),
                a.steps() + b.steps(),
                a.reliableSamples() + b.reliableSamples(),
                a.adaptedSamples() + b.adaptedSamples(),
                a.resets() + b.resets(),
                a.rejected() + b.rejected());
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return tenants.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Counters counters() {
        lock.lock();
        try {
            return tenants.values().stream()
                    .map(tenant -> tenant.adaptive.counters())
                    .reduce(gone, BoundedTenants::sum);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            tenants.forEach(this::save);
            tenants.clear();
        } finally {
            lock.unlock();
        }
    }
}
