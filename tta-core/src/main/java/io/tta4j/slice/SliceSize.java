package io.tta4j.slice;

import java.util.OptionalInt;

/**
 * How many rows a slice has: as many as are run in a quarter of what a typical request takes, by what both took of
 * late; one until that is known. Requests may tell what they took from many threads, slices from one.
 */
public final class SliceSize {

    private static final int SHARE_OF_REQUEST = 4;

    /** Requests at once slow each other down; the quicker ones tell what one takes by itself. */
    private static final double QUICK = 0.25;

    private static final double HALF = 0.5;

    private final OptionalInt fixed;
    private final Recent requests = new Recent();
    private final Recent rowCosts = new Recent();
    private int rows = 1;

    public SliceSize(OptionalInt fixed) {
        this.fixed = fixed;
    }

    /** A request has taken so long. */
    public void request(long nanos) {
        requests.add(nanos);
    }

    /** A run of a step has taken so long. */
    void slice(int sliceRows, long nanos) {
        // A smaller one says more of what a run costs at least than of a row.
        if (sliceRows >= rows) {
            rowCosts.add((nanos + sliceRows - 1) / sliceRows);
        }
    }

    /** The rows of a slice from now on. */
    public int rows() {
        if (fixed.isPresent()) {
            return fixed.getAsInt();
        }
        if (!requests.isEmpty() && !rowCosts.isEmpty()) {
            long most = requests.quantile(QUICK) / SHARE_OF_REQUEST / Math.max(1, rowCosts.quantile(HALF));
            // Runs cost something whatever their rows, so this approaches from below.
            rows = (int) Math.max(1, Math.min(most, 2L * rows));
        }
        return rows;
    }
}
