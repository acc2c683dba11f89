package io.tta4j.stream.data;

import io.tta4j.model.AdaptableModel;

/** What the bytes of a sample are, and how they become a model's input. Two are equal where samples go together. */
public sealed interface SampleFormat permits ImageShape, RowFormat {

    /** The bytes of one sample. */
    int bytes();

    /**
     * What makes batches of such samples.
     *
     * @param preprocessing what images go through; nothing else does
     * @param capacity the largest number of samples in a batch
     * @throws IllegalArgumentException if the samples do not fit the model
     */
    Batcher batcher(AdaptableModel model, Preprocessing preprocessing, int capacity);
}
