package io.tta4j;

import io.tta4j.method.Recognition;
import io.tta4j.model.Batch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest unknown samples; the oldest make room. Thread-safe. */
final class UnknownSamples {

    private final int capacity;
    private final Deque<UnknownSample> samples = new ArrayDeque<>();
    private volatile long bytes;

    UnknownSamples(int capacity) {
        this.capacity = capacity;
    }

    synchronized void add(long request, Batch batch, Recognition recognition) {
        for (int row = 0; row < batch.rows() && capacity > 0; row++) {
            if (recognition.isFlagged(row)) {
                if (samples.size() == capacity) {
                    bytes -= bytes(samples.removeFirst());
                }
                UnknownSample sample = new UnknownSample(
                        request, row, batch.select(row), recognition.unknown().get(row));
                samples.addLast(sample);
                bytes += bytes(sample);
            }
        }
    }

    /** All that are there, oldest first; there are none afterwards. */
    synchronized List<UnknownSample> drain() {
        List<UnknownSample> all = List.copyOf(samples);
        samples.clear();
        bytes = 0;
        return all;
    }

    /** What the samples' inputs take. */
    long bytes() {
        return bytes;
    }

    private static long bytes(UnknownSample sample) {
        return sample.sample().inputs().values().stream()
                .mapToLong(tensor -> tensor.data().capacity())
                .sum();
    }
}
