package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/**
 * Pillow's {@code resize} with its box filter: a source pixel counts in full for each target pixel whose box holds its
 * centre. First along the rows, then along the columns, rounded to bytes after each.
 */
final class BoxResize {

    private BoxResize() {}

    static byte[] resize(byte[] pixels, int height, int width, int newHeight, int newWidth) {
        byte[] wide = new byte[height * newWidth * RgbImage.CHANNELS];
        for (int row = 0; row < height; row++) {
            int from = row * width * RgbImage.CHANNELS;
            int to = row * newWidth * RgbImage.CHANNELS;
            resizeLine(pixels, from, RgbImage.CHANNELS, width, wide, to, newWidth);
        }
        byte[] out = new byte[newHeight * newWidth * RgbImage.CHANNELS];
        int stride = newWidth * RgbImage.CHANNELS;
        for (int column = 0; column < newWidth; column++) {
            int start = column * RgbImage.CHANNELS;
            resizeLine(wide, start, stride, height, out, start, newHeight);
        }
        return out;
    }

    /** One row or column of pixels; {@code stride} is the distance between two of its pixels, in and out. */
    private static void resizeLine(byte[] in, int from, int stride, int length, byte[] out, int to, int newLength) {
        double scale = (double) length / newLength;
        double reach = Math.max(scale, 1) / 2;
        for (int i = 0; i < newLength; i++) {
            double centre = (i + 0.5) * scale;
            int first = Math.max(0, (int) Math.ceil(centre - reach - 0.5));
            int last = Math.min(length - 1, (int) Math.ceil(centre + reach - 0.5) - 1);
            for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
                int sum = 0;
                for (int j = first; j <= last; j++) {
                    sum += in[from + j * stride + channel] & 0xff;
                }
                int count = last - first + 1;
                out[to + i * stride + channel] = (byte) ((2 * sum + count) / (2 * count));
            }
        }
    }
}
