package io.tta4j.stream.data;

import java.io.IOException;

/**
 * Consecutive images of others, as those of one domain.
 *
 * @param domain what they are under
 * @param images what they are taken from; closed with these
 * @param first the index there of the first one
 * @param count how many there are
 */
record DomainImages(Domain domain, Images images, int first, int count) implements Images {

    @Override
    public String name() {
        return domain.name();
    }

    @Override
    public ImageShape shape() {
        return images.shape();
    }

    @Override
    public void read(int index, byte[] target) throws IOException {
        images.read(first + index, target);
    }

    @Override
    public void close() throws IOException {
        images.close();
    }
}
