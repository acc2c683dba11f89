package io.tta4j.stream.data;

import java.io.Closeable;
import java.io.IOException;

/** Samples and their classes. Closing it closes the samples. */
public final class LabelledSamples implements Closeable {

    private final Samples samples;
    private final int[] labels;

    private LabelledSamples(Samples samples, int[] labels) {
        this.samples = samples;
        this.labels = labels;
    }

    /** Samples that are open already, with the class of each. */
    public static LabelledSamples of(Samples samples, int[] labels) {
        return new LabelledSamples(samples, labels.clone());
    }

    /** The samples. */
    public Samples samples() {
        return samples;
    }

    /** The class of each sample. */
    public int[] labels() {
        return labels.clone();
    }

    @Override
    public void close() throws IOException {
        samples.close();
    }
}
