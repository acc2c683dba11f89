package io.tta4j.onnx.graph;

/** The extent of an axis as a function of the batch: {@code perRow * rows + fixed}. */
public record Extent(long perRow, long fixed) {

    public static Extent of(long fixed) {
        return new Extent(0, fixed);
    }

    public boolean isFixed() {
        return perRow == 0;
    }

    public long at(long rows) {
        return perRow * rows + fixed;
    }

    @Override
    public String toString() {
        return perRow == 0 ? "" + fixed : (perRow == 1 ? "N" : perRow + "N") + (fixed == 0 ? "" : "+" + fixed);
    }
}
