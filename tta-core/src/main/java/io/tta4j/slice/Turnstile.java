package io.tta4j.slice;

import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/** Lets the runs of a step through, one at a time. */
public interface Turnstile {

    /**
     * Waits until a run may begin, and runs it.
     *
     * @param rows how many samples it is over
     * @throws CancellationException if the step is given up
     */
    <T> T pass(int rows, Supplier<T> run);
}
