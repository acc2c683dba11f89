package io.tta4j.stream.corrupted;

import java.io.IOException;

/**
 * Writes a corrupted set into a folder. A run that was killed leaves no torn file, and the next one with the same
 * settings does the rest; where a folder holds files that were made with others, it writes nothing.
 */
public interface CorruptedSetWriter extends AutoCloseable {

    /** The number of clean images. */
    int images();

    /** What it does, in a few words: {@code 2000 images of 32x32x3}. */
    String description();

    /**
     * Writes what is not there yet.
     *
     * @return how many corrupted images were there already
     * @throws IOException if a file cannot be read or written
     * @throws io.tta4j.stream.data.DataException if the input or the folder is not what it must be
     */
    long write(CorruptionListener listener) throws IOException;

    @Override
    void close() throws IOException;
}
