package io.tta4j;

import io.tta4j.method.Answer;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.slice.InFlight;
import io.tta4j.slice.Pace;
import io.tta4j.slice.SliceSize;
import io.tta4j.slice.SlicedModel;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread of its own takes the steps, in slices between requests. */
final class BackgroundSchedule implements Schedule {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundSchedule.class);

    private final Serving serving;
    private final Gathered gathered;
    private final SliceSize size;
    private final Pace pace;
    private final boolean finishOnClose;
    private final Queue<CompletableFuture<@Nullable Void>> flushes = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    /** A permit to unpark may be used up by a lock on the way to parking; this stays until it is looked at. */
    private final AtomicBoolean news = new AtomicBoolean();

    private volatile boolean paused;
    private volatile boolean closed;

    private BackgroundSchedule(
            Serving serving, Gathered gathered, InFlight requests, RuntimeConfig config, String name) {
        this.serving = serving;
        this.gathered = gathered;
        this.size = new SliceSize(config.sliceRows());
        this.pace = new Pace(
                serving.ticker(),
                requests,
                config.budget().share(),
                config.budget().samplesPerSecond(),
                config.patience().toNanos(),
                size,
                () -> paused,
                () -> closed || !flushes.isEmpty());
        this.finishOnClose = config.finishOnClose();
        this.thread = new Thread(this::run, "tta4j-adapt-" + name);
        thread.setDaemon(true);
    }

    /** Starts the thread. */
    static BackgroundSchedule start(
            Serving serving, Gathered gathered, InFlight requests, RuntimeConfig config, String name) {
        BackgroundSchedule schedule = new BackgroundSchedule(serving, gathered, requests, config, name);
        schedule.thread.start();
        return schedule;
    }

    @Override
    public int era() {
        return gathered.era();
    }

    @Override
    public Answer predict(StreamState stream, Batch batch, int era, long start) {
        Answer answer = serving.answer(stream, batch, stream.state(), false, start);
        handOver(stream, batch, Optional.empty(), era, start);
        return answer;
    }

    @Override
    public Answer shadow(StreamState stream, Batch batch, int era, long start) {
        Answer answer = serving.untouched(stream, batch, start);
        handOver(stream, batch, Optional.of(answer.logits()), era, start);
        return answer;
    }

    private void handOver(StreamState stream, Batch batch, Optional<Matrix> sourceLogits, int era, long start) {
        size.request(serving.ticker().nanos() - start);
        if (serving.learns() && gathered.add(stream, batch, sourceLogits, era)) {
            wake();
        }
    }

    private void run() {
        try {
            while (!closed) {
                goOn(this::turn);
            }
            if (finishOnClose) {
                goOn(this::finish);
            }
            goOn(() -> gathered.dropAll("closed"));
        } finally {
            // Whatever ended the thread, nobody waits for it.
            closed = true;
            for (CompletableFuture<@Nullable Void> flush = flushes.poll(); flush != null; flush = flushes.poll()) {
                flush.complete(null);
            }
        }
    }

    /** Without the thread nothing would be learned any more, and nobody would know. */
    private static void goOn(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            LOG.error("the thread that adapts goes on after a failure that could not be told as an event", e);
        }
    }

    private void turn() {
        Thread.interrupted();
        news.set(false);
        CompletableFuture<@Nullable Void> flush = flushes.peek();
        if (flush != null) {
            try {
                finish();
            } finally {
                flushes.remove();
                flush.complete(null);
            }
            return;
        }
        long wait = untilAllowed();
        List<Pending> due = wait > 0 ? null : gathered.poll(serving.ticker().nanos());
        if (due != null) {
            learn(due);
        } else {
            park(wait > 0 ? wait : gathered.untilDue(serving.ticker().nanos()));
        }
    }

    private void park(long nanos) {
        if (!news.get()) {
            serving.ticker().park(nanos);
        }
    }

    private void wake() {
        news.set(true);
        LockSupport.unpark(thread);
    }

    private long untilAllowed() {
        return paused ? Long.MAX_VALUE : pace.untilNextBatch();
    }

    private void finish() {
        gathered.finish(batch -> goOn(() -> learn(batch)));
    }

    private void learn(List<Pending> requests) {
        StreamState stream = requests.get(0).group().stream();
        try {
            pace.begin(requests.stream().mapToInt(Pending::rows).sum(), () -> gathered.isOver(requests));
            gathered.learn(requests, new SlicedModel(serving.model(), size.rows(), pace), pace::waited);
        } catch (RuntimeException | Error e) {
            gathered.failed(stream, e);
        } finally {
            Gathered.release(requests);
        }
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        wake();
    }

    @Override
    public void flush() {
        CompletableFuture<@Nullable Void> flush = new CompletableFuture<>();
        flushes.add(flush);
        if (closed) {
            return;
        }
        wake();
        flush.join();
    }

    @Override
    public void drop(String cause) {
        gathered.dropAll(cause);
        wake();
    }

    @Override
    public void close() {
        if (!finishOnClose) {
            gathered.dropAll("closed");
        }
        closed = true;
        wake();
        if (Thread.currentThread() != thread) {
            join();
        }
    }

    private void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
