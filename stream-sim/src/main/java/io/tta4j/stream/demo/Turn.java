package io.tta4j.stream.demo;

/** A rotation of the plane. */
record Turn(double cos, double sin) {

    /** {@link StrictMath}, so that every machine draws the same pixels. */
    static Turn ofRadians(double angle) {
        return new Turn(StrictMath.cos(angle), StrictMath.sin(angle));
    }

    double alongX(double x, double y) {
        return cos * x + sin * y;
    }

    double alongY(double x, double y) {
        return cos * y - sin * x;
    }
}
