package io.tta4j.stream.data;

import io.tta4j.model.Batch;

/**
 * Makes batches for a model, one after another, in the same direct buffers: a batch is valid until the next one is
 * begun. Not safe for use by many threads.
 */
public sealed interface Batcher permits ImageBatcher, RowBatcher {

    /** Begins the next batch; the one before is no longer valid. */
    void begin();

    /**
     * Adds a sample to the batch.
     *
     * @param sample as many bytes as its format has
     */
    void add(byte[] sample);

    /** The samples added since {@link #begin}; at least one. */
    Batch batch();
}
