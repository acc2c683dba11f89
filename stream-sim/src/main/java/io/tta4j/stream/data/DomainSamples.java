package io.tta4j.stream.data;

import java.io.IOException;

/**
 * Samples as those of one domain.
 *
 * @param domain what they are under
 * @param samples what they are; closed with these
 */
record DomainSamples(Domain domain, Samples samples) implements Samples {

    @Override
    public String name() {
        return domain.name();
    }

    @Override
    public int count() {
        return samples.count();
    }

    @Override
    public SampleFormat format() {
        return samples.format();
    }

    @Override
    public void read(int index, byte[] target) throws IOException {
        samples.read(index, target);
    }

    @Override
    public void close() throws IOException {
        samples.close();
    }
}
