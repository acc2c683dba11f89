package io.tta4j.stream.corruption;

/**
 * Canny's edges as OpenCV finds them: Sobel gradients, their sizes |dx| + |dy|, thinned to ridges; kept where they are
 * strong, and where they are weak but lead to strong ones. Canny, A computational approach to edge detection, 1986.
 */
final class Canny {

    private static final Kernel SOBEL_X = Kernel.square(-1, 0, 1, -2, 0, 2, -1, 0, 1);
    private static final Kernel SOBEL_Y = Kernel.square(-1, -2, -1, 0, 0, 0, 1, 2, 1);
    private static final double TANGENT = Math.sqrt(2) - 1;

    private final float[] dx;
    private final float[] dy;
    private final float[] size;
    private final int height;
    private final int width;
    private final boolean[] edges;
    private final int[] pending;
    private int pendingCount;

    private Canny(Raster image) {
        height = image.height();
        width = image.width();
        dx = SOBEL_X.filter(image, Border.NEAREST).values();
        dy = SOBEL_Y.filter(image, Border.NEAREST).values();
        size = new float[dx.length];
        for (int i = 0; i < size.length; i++) {
            size[i] = Math.abs(dx[i]) + Math.abs(dy[i]);
        }
        edges = new boolean[size.length];
        pending = new int[size.length];
    }

    /**
     * The edges of an image of one channel with values 0..255.
     *
     * @param weak a ridge must be larger than this
     * @param strong a ridge that is larger than this is an edge by itself
     */
    static boolean[] edges(Raster image, float weak, float strong) {
        Canny canny = new Canny(image);
        canny.follow(canny.ridges(weak), strong);
        return canny.edges;
    }

    private boolean[] ridges(float weak) {
        boolean[] ridges = new boolean[size.length];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int i = row * width + column;
                ridges[i] = size[i] > weak && isRidge(row, column, i);
            }
        }
        return ridges;
    }

    /** Whether no neighbour in the gradient's direction, of the four there are, is larger. */
    private boolean isRidge(int row, int column, int i) {
        float across = Math.abs(dx[i]);
        float down = Math.abs(dy[i]);
        if (down < across * TANGENT) {
            return size[i] > at(row, column - 1) && size[i] >= at(row, column + 1);
        }
        if (down > across * (TANGENT + 2)) {
            return size[i] > at(row - 1, column) && size[i] >= at(row + 1, column);
        }
        int side = dx[i] < 0 == dy[i] < 0 ? 1 : -1;
        return size[i] > at(row - 1, column - side) && size[i] > at(row + 1, column + side);
    }

    private float at(int row, int column) {
        return row < 0 || row >= height || column < 0 || column >= width ? 0 : size[row * width + column];
    }

    private void follow(boolean[] ridges, float strong) {
        for (int i = 0; i < ridges.length; i++) {
            if (ridges[i] && size[i] > strong) {
                reach(i);
            }
        }
        while (pendingCount > 0) {
            int i = pending[--pendingCount];
            for (int row = Math.max(0, i / width - 1); row <= Math.min(height - 1, i / width + 1); row++) {
                for (int column = Math.max(0, i % width - 1); column <= Math.min(width - 1, i % width + 1); column++) {
                    if (ridges[row * width + column]) {
                        reach(row * width + column);
                    }
                }
            }
        }
    }

    private void reach(int i) {
        if (!edges[i]) {
            edges[i] = true;
            pending[pendingCount++] = i;
        }
    }
}
