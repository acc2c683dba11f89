package io.tta4j.stream.data;

import io.tta4j.stream.image.Geometry;
import io.tta4j.stream.image.RgbImage;
import java.io.IOException;

/**
 * Images of one size, brought to another when they are read.
 *
 * @param images what they are made of; closed with these
 * @param geometry how they are resized and cropped
 * @param shape what they have then
 */
record ResizedImages(Images images, Geometry geometry, ImageShape shape) implements Images {

    /**
     * Brings images to another size, if any is asked for.
     *
     * @throws DataException if they are to be resized and are not RGB
     */
    static Images of(Images images, Geometry geometry) {
        if (geometry.isNone()) {
            return images;
        }
        ImageShape old = images.shape();
        if (old.channels() != RgbImage.CHANNELS) {
            throw new DataException(
                    "%s must be RGB to be resized or cropped, but was %s".formatted(images.name(), old));
        }
        RgbImage blank = geometry.apply(new RgbImage(old.height(), old.width(), new byte[old.values()]));
        return new ResizedImages(images, geometry, new ImageShape(blank.height(), blank.width(), RgbImage.CHANNELS));
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
        return images.count();
    }

    @Override
    public void read(int index, byte[] target) throws IOException {
        ImageShape old = images.shape();
        byte[] pixels = new byte[old.values()];
        images.read(index, pixels);
        byte[] resized =
                geometry.apply(new RgbImage(old.height(), old.width(), pixels)).pixels();
        System.arraycopy(resized, 0, target, 0, resized.length);
    }

    @Override
    public void close() throws IOException {
        images.close();
    }
}
