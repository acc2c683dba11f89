package io.tta4j.stream.data;

import java.io.IOException;

/** Some of other images, which are closed with them. */
final class SelectedImages implements Images {

    private final Images images;
    private final int[] rows;

    SelectedImages(Images images, int... rows) {
        this.images = images;
        this.rows = rows;
    }

    @Override
    public String name() {
        return images.name();
    }

    @Override
    public Domain domain() {
        return images.domain();
    }

    @Override
    public int count() {
        return rows.length;
    }

    @Override
    public ImageShape shape() {
        return images.shape();
    }

    @Override
    public void read(int index, byte[] target) throws IOException {
        images.read(rows[index], target);
    }

    @Override
    public void close() throws IOException {
        images.close();
    }
}
