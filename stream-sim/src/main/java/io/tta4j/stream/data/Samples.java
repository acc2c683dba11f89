package io.tta4j.stream.data;

import java.io.Closeable;
import java.io.IOException;

/** Samples of one format, as bytes, read one at a time. */
public interface Samples extends Closeable {

    /** The corruption that the samples are under, such as {@code fog}. */
    String name();

    /** The corruption and its severity, which is {@value Domain#MOST_SEVERE} where it is not known. */
    default Domain domain() {
        return Domain.of(name());
    }

    /** N, the number of samples. */
    int count();

    /** What each sample is. */
    SampleFormat format();

    /**
     * Reads one sample.
     *
     * @param index 0..N-1
     * @param target filled from its start with {@code format().bytes()} bytes
     * @throws BadSampleException if this one sample is damaged; others can still be read
     */
    void read(int index, byte[] target) throws IOException;

    /** These samples as those of another domain; closed with them. */
    default Samples under(Domain domain) {
        return new DomainSamples(domain, this);
    }

    @Override
    default void close() throws IOException {}
}
