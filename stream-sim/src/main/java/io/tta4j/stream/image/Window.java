package io.tta4j.stream.image;

/**
 * What a centre crop shows of one axis.
 *
 * @param from the first pixel that it shows
 * @param count how many it shows
 * @param margin how many zeros come before these
 */
record Window(int from, int count, int margin) {

    /** As torchvision's {@code CenterCrop}: a half rounds to the even side, a missing odd pixel goes behind. */
    static Window of(int size, int crop) {
        return crop > size
                ? new Window(0, size, (crop - size) / 2)
                : new Window((int) Math.rint((size - crop) / 2.0), crop, 0);
    }

    /** Cuts out what two windows show. */
    static RgbImage cut(RgbImage image, Window rows, Window columns) {
        int bytes = columns.count() * RgbImage.CHANNELS;
        byte[] part = new byte[rows.count() * bytes];
        for (int row = 0; row < rows.count(); row++) {
            int source = ((row + rows.from()) * image.width() + columns.from()) * RgbImage.CHANNELS;
            System.arraycopy(image.pixels(), source, part, row * bytes, bytes);
        }
        return new RgbImage(rows.count(), columns.count(), part);
    }
}
