package io.tta4j.stream.demo;

/** An outline placed on the canvas, and what fills it; centre and radius in pixels. */
record Piece(Outline outline, double centreX, double centreY, double radius, Turn turn, Paint paint) {

    /** Nothing is drawn past this squared radius: a cheap test that spares most of the others. */
    private static final double REACH = 1.35;

    boolean covers(double x, double y) {
        double dx = (x - centreX) / radius;
        double dy = (y - centreY) / radius;
        return dx * dx + dy * dy <= REACH && outline.contains(turn.alongX(dx, dy), turn.alongY(dx, dy));
    }
}
