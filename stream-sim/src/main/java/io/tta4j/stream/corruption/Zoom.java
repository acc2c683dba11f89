package io.tta4j.stream.corruption;

/** The middle of an image, enlarged to the size of the whole by SciPy's {@code zoom} with linear interpolation. */
final class Zoom {

    private final Raster image;
    private final Axis rows;
    private final Axis columns;

    private Zoom(Raster image, Axis rows, Axis columns) {
        this.image = image;
        this.rows = rows;
        this.columns = columns;
    }

    static Zoom of(Raster image, double factor) {
        return new Zoom(image, Axis.of(image.height(), factor), Axis.of(image.width(), factor));
    }

    /**
     * Where an axis' pixels come from: {@code weight} of the pixel {@code from}, and {@code nextWeight} of the next.
     *
     * <p>SciPy's last position may come to lie beyond the last pixel, by rounding; what is there is zero.
     */
    private static final class Axis {

        private final int[] from;
        private final int[] next;
        private final float[] weight;
        private final float[] nextWeight;

        private Axis(int length) {
            from = new int[length];
            next = new int[length];
            weight = new float[length];
            nextWeight = new float[length];
        }

        static Axis of(int length, double factor) {
            int cropped = (int) Math.ceil(length / factor);
            int first = (length - cropped) / 2;
            int enlarged = (int) Math.rint(cropped * factor);
            int trimmed = (enlarged - length) / 2;
            double scale = enlarged > 1 ? (cropped - 1.0) / (enlarged - 1) : 1;
            Axis axis = new Axis(length);
            for (int i = 0; i < length; i++) {
                double position = scale * (i + trimmed);
                if (position > cropped - 1) {
                    continue;
                }
                int whole = (int) position;
                axis.from[i] = first + whole;
                axis.next[i] = first + Math.min(whole + 1, cropped - 1);
                axis.nextWeight[i] = (float) (position - whole);
                axis.weight[i] = 1 - axis.nextWeight[i];
            }
            return axis;
        }
    }

    Raster toRaster() {
        Raster out = image.blank();
        addTo(out);
        return out;
    }

    /** Adds the enlarged image to another. */
    void addTo(Raster sum) {
        int stride = image.stride();
        RowSum between = new RowSum(stride);
        float[] line = new float[stride];
        for (int row = 0; row < image.height(); row++) {
            between.add(rows.weight[row], image.values(), rows.from[row] * stride);
            between.add(rows.nextWeight[row], image.values(), rows.next[row] * stride);
            between.moveTo(line, 0);
            addRow(line, sum.values(), row * stride);
        }
    }

    private void addRow(float[] line, float[] sum, int to) {
        int channels = image.channels();
        for (int column = 0; column < image.width(); column++) {
            int from = columns.from[column] * channels;
            int next = columns.next[column] * channels;
            for (int channel = 0; channel < channels; channel++) {
                sum[to + column * channels + channel] += columns.weight[column] * line[from + channel]
                        + columns.nextWeight[column] * line[next + channel];
            }
        }
    }
}
