package io.tta4j.stream.image;

/**
 * Resizes an image along its rows, then along its columns, through bytes in between, as PIL does; only what is shown of
 * the result is computed.
 */
final class Resampling {

    private static final int CHANNELS = RgbImage.CHANNELS;

    private Resampling() {}

    static RgbImage of(RgbImage image, Size resized, Interpolation interpolation, Window rows, Window columns) {
        ResampledAxis down =
                ResampledAxis.of(image.height(), resized.height(), interpolation, rows.from(), rows.count());
        ResampledAxis across =
                ResampledAxis.of(image.width(), resized.width(), interpolation, columns.from(), columns.count());
        // PIL leaves an axis alone that keeps its size.
        RgbImage narrowed = resized.width() == image.width()
                ? Window.cut(image, new Window(0, image.height(), 0), columns)
                : horizontally(image, across, down.begin(), down.end());
        if (resized.height() == image.height()) {
            return Window.cut(narrowed, rows, new Window(0, columns.count(), 0));
        }
        return vertically(narrowed, down);
    }

    /** The image's height stays; only the rows that are needed are filled. */
    private static RgbImage horizontally(RgbImage image, ResampledAxis across, int firstRow, int endRow) {
        byte[] result = new byte[image.height() * across.count() * CHANNELS];
        for (int row = firstRow; row < endRow; row++) {
            int source = row * image.width() * CHANNELS;
            int target = row * across.count() * CHANNELS;
            for (int column = 0; column < across.count(); column++) {
                for (int channel = 0; channel < CHANNELS; channel++) {
                    result[target++] = across.value(column, image.pixels(), source + channel, CHANNELS);
                }
            }
        }
        return new RgbImage(image.height(), across.count(), result);
    }

    private static RgbImage vertically(RgbImage image, ResampledAxis down) {
        int stride = image.width() * CHANNELS;
        byte[] result = new byte[down.count() * stride];
        for (int row = 0; row < down.count(); row++) {
            for (int i = 0; i < stride; i++) {
                result[row * stride + i] = down.value(row, image.pixels(), i, stride);
            }
        }
        return new RgbImage(down.count(), image.width(), result);
    }
}
