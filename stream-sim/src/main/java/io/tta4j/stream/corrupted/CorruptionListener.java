package io.tta4j.stream.corrupted;

/** Hears how far the writing of a corrupted set has come. */
@FunctionalInterface
public interface CorruptionListener {

    /**
     * So many more images are done, written now or by an earlier run; may be called from several threads at once.
     *
     * @param corruption the corruption's name
     * @param images how many
     */
    void done(String corruption, int images);
}
