package io.tta4j.stream.data;

import java.io.IOException;

/** Images of one shape, as unsigned bytes in HWC order, read one at a time. */
public interface Images extends Samples {

    /** The shape that all images have. */
    ImageShape shape();

    @Override
    default SampleFormat format() {
        return shape();
    }

    @Override
    default Images under(Domain domain) {
        return new DomainImages(domain, this, 0, count());
    }

    /**
     * Reads one image.
     *
     * @param index 0..N-1
     * @param target filled from its start with {@code shape().values()} bytes
     */
    @Override
    void read(int index, byte[] target) throws IOException;
}
