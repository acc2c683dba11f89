package io.tta4j.stream.demo;

import java.util.List;

/** A background and the pieces on it, the last on top. */
record Scene(Paint background, Rgb slope, List<Piece> pieces) {

    /** Sub-samples per pixel and axis: edges come out smooth. */
    private static final int SUBSAMPLES = 3;

    /** Draws the scene: {@code size * size} pixels, HWC order, RGB, one unsigned byte a channel. */
    byte[] draw(int size) {
        byte[] pixels = new byte[size * size * 3];
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < size; column++) {
                Rgb mean = meanColour(row, column, size);
                for (int channel = 0; channel < 3; channel++) {
                    double value = Math.min(1, Math.max(0, mean.channel(channel)));
                    pixels[(row * size + column) * 3 + channel] = (byte) Math.round(255 * value);
                }
            }
        }
        return pixels;
    }

    private Rgb meanColour(int row, int column, int size) {
        double weight = 1.0 / (SUBSAMPLES * SUBSAMPLES);
        Rgb mean = new Rgb(0, 0, 0);
        for (int i = 0; i < SUBSAMPLES; i++) {
            for (int j = 0; j < SUBSAMPLES; j++) {
                double x = column + (j + 0.5) / SUBSAMPLES;
                double y = row + (i + 0.5) / SUBSAMPLES;
                mean = mean.plus(colourAt(x, y, size), weight);
            }
        }
        return mean;
    }

    private Rgb colourAt(double x, double y, int size) {
        for (int i = pieces.size() - 1; i >= 0; i--) {
            if (pieces.get(i).covers(x, y)) {
                return pieces.get(i).paint().at(x, y);
            }
        }
        return background.at(x, y).plus(slope, y / size - 0.5);
    }
}
