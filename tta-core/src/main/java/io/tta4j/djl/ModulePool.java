package io.tta4j.djl;

import ai.djl.pytorch.engine.PtNDManager;
import io.tta4j.model.Vector;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Copies of one module, lent for a run at a time. Copies are made when they are first needed.
 *
 * <p>A pass may hold on to the module that it ran on, whose parameters its pullback reads. One module is never given
 * away like that, so that whoever waits for one waits for runs alone.
 */
final class ModulePool {

    private final NativeModule first;
    private final PtNDManager manager;
    private final int limit;
    private final Deque<NativeModule> idle = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private int made = 1;
    private int held;

    /**
     * A pool of one module so far.
     *
     * @param manager owns the copies
     * @param limit how many modules there may be
     */
    ModulePool(NativeModule first, PtNDManager manager, int limit) {
        this.first = first;
        this.manager = manager;
        this.limit = limit;
        idle.push(first);
    }

    /** A module for one run at theta, to be {@linkplain Lent#close returned}: one that is there already, if any. */
    Lent lend(Vector theta) {
        if (first.takesTheta()) {
            return new Lent(first);
        }
        lock.lock();
        try {
            while (idle.isEmpty() && made == limit) {
                returned.awaitUninterruptibly();
            }
            if (idle.isEmpty()) {
                NativeModule copy = first.copy(manager);
                made++;
                return new Lent(copy);
            }
            NativeModule chosen = idle.stream()
                    .filter(module -> module.isAt(theta))
                    .findFirst()
                    .orElse(idle.element());
            idle.remove(chosen);
            return new Lent(chosen);
        } finally {
            lock.unlock();
        }
    }

    /** A module that nobody else runs, until this is closed. */
    final class Lent implements AutoCloseable {

        private final NativeModule module;
        private boolean keeping;

        private Lent(NativeModule module) {
            this.module = module;
        }

        NativeModule module() {
            return module;
        }

        /** Asks to hold on to it beyond a run, while another pass runs. */
        boolean keep() {
            if (first.takesTheta()) {
                return true;
            }
            lock.lock();
            try {
                keeping = held + 1 < limit;
                if (keeping) {
                    held++;
                }
                return keeping;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            if (first.takesTheta()) {
                return;
            }
            lock.lock();
            try {
                if (keeping) {
                    held--;
                }
                idle.addLast(module);
                returned.signal();
            } finally {
                lock.unlock();
            }
        }
    }
}
