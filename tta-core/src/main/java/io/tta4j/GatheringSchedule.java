package io.tta4j;

import io.tta4j.method.Answer;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Small requests are gathered, and the one that makes an adaptation batch of them leads to its step. */
final class GatheringSchedule implements Schedule {

    private final Serving serving;
    private final Gathered gathered;
    private final boolean finishOnClose;
    /** Taken before any stream's turn: who closes waits for those who flush. */
    private final ReentrantLock flushing = new ReentrantLock();

    private volatile boolean paused;

    GatheringSchedule(Serving serving, Gathered gathered, boolean finishOnClose) {
        this.serving = serving;
        this.gathered = gathered;
        this.finishOnClose = finishOnClose;
    }

    @Override
    public int era() {
        return gathered.era();
    }

    @Override
    public Answer predict(StreamState stream, Batch batch, int era, long start) {
        Answer answer = serving.answer(stream, batch, stream.state(), false, start);
        add(stream, batch, Optional.empty(), era);
        return answer;
    }

    @Override
    public Answer shadow(StreamState stream, Batch batch, int era, long start) {
        Answer answer = serving.untouched(stream, batch, start);
        add(stream, batch, Optional.of(answer.logits()), era);
        return answer;
    }

    private void add(StreamState stream, Batch batch, Optional<Matrix> sourceLogits, int era) {
        if (serving.learns()) {
            gathered.add(stream, batch, sourceLogits, era);
            List<Pending> due;
            while (!paused && (due = gathered.poll(0)) != null) {
                learn(due);
            }
        }
    }

    private void learn(List<Pending> requests) {
        StreamState stream = requests.get(0).group().stream();
        ReentrantLock turn = stream.turn();
        turn.lock();
        try {
            gathered.learn(requests, serving.model(), () -> 0);
        } catch (RuntimeException | Error e) {
            gathered.failed(stream, e);
        } finally {
            turn.unlock();
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
    }

    @Override
    public void flush() {
        flushing.lock();
        try {
            gathered.finish(this::learn);
        } finally {
            flushing.unlock();
        }
    }

    @Override
    public void drop(String cause) {
        gathered.dropAll(cause);
    }

    @Override
    public void close() {
        if (!finishOnClose) {
            drop("closed");
        }
        flush();
    }
}
