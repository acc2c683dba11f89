package io.tta4j.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A tensor's shape as a function of the batch. */
public record Shape(List<Extent> extents) {

    public Shape {
        extents = List.copyOf(extents);
    }

    public static Shape fixed(long... extents) {
        return new Shape(Arrays.stream(extents).mapToObj(Extent::of).toList());
    }

    public int rank() {
        return extents.size();
    }

    public Extent extent(int axis) {
        return extents.get(axis);
    }

    /** An axis counted from the front, where negative ones count from the back. */
    public int axis(long axis) {
        return Math.toIntExact(axis < 0 ? axis + rank() : axis);
    }

    /**
     * A place between axes, counted as {@link #axis} counts, from 0 to the rank; what lies beyond is the nearest end.
     */
    public int boundary(long place) {
        return Math.toIntExact(Math.max(0, Math.min(place < 0 ? place + rank() : place, rank())));
    }

    /** The extent of an axis that does not depend on the batch. */
    public long fixedExtent(int axis) {
        if (!extent(axis).isFixed()) {
            throw new IllegalArgumentException("axis " + axis + " of " + this + " must not depend on the batch");
        }
        return extent(axis).fixed();
    }

    /** The product of the extents of some axes, none of which depends on the batch. */
    public long elements(int... axes) {
        return Arrays.stream(axes).mapToLong(this::fixedExtent).reduce(1, Math::multiplyExact);
    }

    /** The same with one axis replaced. */
    public Shape with(int axis, long extent) {
        List<Extent> changed = new ArrayList<>(extents);
        changed.set(axis, Extent.of(extent));
        return new Shape(changed);
    }

    public long[] at(long rows) {
        return extents.stream().mapToLong(extent -> extent.at(rows)).toArray();
    }

    @Override
    public String toString() {
        return extents.toString();
    }
}
