package io.tta4j.stream.demo;

/** A two-coloured texture; {@code period} in pixels of the canvas, {@code phase} in periods. */
record Paint(Texture texture, Rgb base, Rgb raised, Turn turn, double period, double phase) {

    Rgb at(double x, double y) {
        double u = turn.alongX(x, y) / period + phase;
        double v = turn.alongY(x, y) / period + phase;
        return texture.isRaised(u, v) ? raised : base;
    }
}
