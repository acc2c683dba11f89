package io.tta4j;

import io.tta4j.method.Answer;
import io.tta4j.model.Batch;

/** When steps are taken. */
interface Schedule {

    /**
     * How often what was pending was given up. Read before the mode is: a request that comes in while the mode changes
     * is then learned from by the mode that there is.
     */
    int era();

    /** Answers with a stream's state, and learns from the request, now or later. */
    Answer predict(StreamState stream, Batch batch, int era, long start);

    /** Answers as the model was trained, and lets the stream's copy learn from the request, now or later. */
    Answer shadow(StreamState stream, Batch batch, int era, long start);

    /** No step is begun until {@link #resume}, but by {@link #flush}. */
    void pause();

    void resume();

    /** Learns from what is pending now, and returns when that is done. */
    void flush();

    /** Gives up what is pending and what is being learned: nothing of it will be published. */
    void drop(String cause);

    /** Ends; no request comes after that. */
    void close();
}
