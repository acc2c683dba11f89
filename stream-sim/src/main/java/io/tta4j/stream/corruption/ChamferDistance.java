package io.tta4j.stream.corruption;

import java.util.Arrays;

/**
 * The distance of each pixel to the nearest marked one along steps to neighbours, diagonal neighbours and knight's
 * moves, as OpenCV's {@code distanceTransform} with a 5 x 5 mask; Borgefors, Distance transformations in digital
 * images, 1986.
 */
final class ChamferDistance {

    private static final float STRAIGHT = 1;
    private static final float DIAGONAL = 1.4f;
    private static final float KNIGHT = 2.1969f;

    /** Steps to pixels that come before one in reading order. */
    private static final int[][] BEFORE = {{-2, -1}, {-2, 1}, {-1, -2}, {-1, -1}, {-1, 0}, {-1, 1}, {-1, 2}, {0, -1}};

    private static final float[] LENGTH = {KNIGHT, KNIGHT, KNIGHT, DIAGONAL, STRAIGHT, DIAGONAL, KNIGHT, STRAIGHT};

    private static final int MARGIN = 2;

    private ChamferDistance() {}

    /** The distances; very far where nothing is marked. */
    static Raster to(boolean[] marked, int height, int width) {
        int stride = width + 2 * MARGIN;
        float[] distances = new float[(height + 2 * MARGIN) * stride];
        Arrays.fill(distances, Short.MAX_VALUE);
        for (int i = 0; i < marked.length; i++) {
            if (marked[i]) {
                distances[(i / width + MARGIN) * stride + i % width + MARGIN] = 0;
            }
        }
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                relax(distances, (row + MARGIN) * stride + column + MARGIN, stride, 1);
            }
        }
        for (int row = height - 1; row >= 0; row--) {
            for (int column = width - 1; column >= 0; column--) {
                relax(distances, (row + MARGIN) * stride + column + MARGIN, stride, -1);
            }
        }
        Raster out = Raster.of(height, width, 1);
        for (int row = 0; row < height; row++) {
            System.arraycopy(distances, (row + MARGIN) * stride + MARGIN, out.values(), row * width, width);
        }
        return out;
    }

    /** Shortens a distance by way of what comes before it; {@code direction} is -1 in reverse reading order. */
    private static void relax(float[] distances, int at, int stride, int direction) {
        float shortest = distances[at];
        for (int i = 0; i < LENGTH.length; i++) {
            int neighbour = at + direction * (BEFORE[i][0] * stride + BEFORE[i][1]);
            shortest = Math.min(shortest, distances[neighbour] + LENGTH[i]);
        }
        distances[at] = shortest;
    }
}
