package io.tta4j;

import io.tta4j.method.Answer;
import io.tta4j.method.State;
import io.tta4j.model.Batch;

/** Each request leads to its step before it returns. */
final class InlineSchedule implements Schedule {

    private final Serving serving;
    private volatile boolean paused;

    InlineSchedule(Serving serving) {
        this.serving = serving;
    }

    @Override
    public int era() {
        return 0;
    }

    @Override
    public Answer predict(StreamState stream, Batch batch, int era, long start) {
        if (paused || !serving.learns()) {
            return serving.answer(stream, batch, stream.state(), false, start);
        }
        stream.turn().lock();
        try {
            Lesson lesson = learn(stream, batch, false);
            if (lesson.answer().isEmpty()) {
                Answer answer = serving.answer(stream, batch, lesson.state(), true, start);
                serving.learned(stream, lesson, 0);
                return answer;
            }
            Answer answer = lesson.answer().get();
            stream.count(batch, answer, lesson.report(), lesson.fault().isPresent());
            serving.learned(stream, lesson, serving.ticker().nanos() - start - lesson.forwardNanos());
            serving.answered(stream, batch.rows(), start, lesson.forwardNanos());
            return answer;
        } finally {
            stream.turn().unlock();
        }
    }

    @Override
    public Answer shadow(StreamState stream, Batch batch, int era, long start) {
        Answer answer = serving.untouched(stream, batch, start);
        if (!paused && serving.learns()) {
            stream.turn().lock();
            try {
                long begun = serving.ticker().nanos();
                Lesson lesson = learn(stream, batch, true);
                stream.count(lesson.report(), lesson.fault().isPresent());
                serving.learned(stream, lesson, serving.ticker().nanos() - begun);
                serving.shadowed(stream, answer.logits(), lesson);
            } finally {
                stream.turn().unlock();
            }
        }
        return answer;
    }

    /** Looks at a batch and publishes what came of it. */
    private Lesson learn(StreamState stream, Batch batch, boolean inShadow) {
        State before = stream.learning(inShadow);
        Lesson lesson = serving.learn(serving.model(), batch, before, true, serving.account(stream, inShadow));
        stream.publish(inShadow, before, lesson);
        return lesson;
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
    }

    /** Nothing is ever pending. */
    @Override
    public void flush() {}

    @Override
    public void drop(String cause) {}

    @Override
    public void close() {}
}
