package io.tta4j.csfa;

import io.tta4j.method.State;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * What CSFA knows of classes: its part of a {@link State}, with types. Immutable.
 *
 * @param base the names of the model's classes
 * @param registered the names of the classes that came at run time, in their order
 * @param prototypes directions in the feature space, a column a class, the base's first: [D, C + n]
 * @param anchors where the prototypes stood when they were made, which bounds how far they follow: [D, C + n]
 * @param radii how far from the space's middle the classes lie, along their prototypes: C + n values
 * @param supportMeans raw means of the supports' features, a row a registered class: [n, D]
 * @param supportOrigins what was subtracted from those: [n, D]
 * @param supportCounts K of each: n values
 * @param stream running sums over the stream
 */
record Known(
        List<String> base,
        List<String> registered,
        Matrix prototypes,
        Matrix anchors,
        Vector radii,
        Matrix supportMeans,
        Matrix supportOrigins,
        Vector supportCounts,
        StreamMoments stream) {

    private static final String BASE = "classes.base";
    private static final String REGISTERED = "classes.registered";
    private static final String PROTOTYPES = "prototypes";
    private static final String ANCHORS = "prototypes.anchors";
    private static final String RADII = "prototypes.radii";
    private static final String SUPPORT_MEANS = "supports.means";
    private static final String SUPPORT_ORIGINS = "supports.origins";
    private static final String SUPPORT_COUNTS = "supports.counts";
    private static final Vector NOTHING = Vector.of();

    /** The base classes alone. */
    static Known of(List<String> base, Matrix prototypes, Vector radii, StreamMoments stream) {
        Matrix none = NOTHING.asMatrix(0, prototypes.rows());
        return new Known(base, List.of(), prototypes, prototypes, radii, none, none, NOTHING, stream);
    }

    static Known in(State state) {
        List<String> base = state.words(BASE);
        List<String> registered = state.words(REGISTERED);
        int classes = base.size() + registered.size();
        if (classes == 0) {
            throw new IllegalArgumentException(
                    "a state of csfa must hold its classes, but this one held %s; begin with Csfa.initial"
                            .formatted(state.vectors().keySet()));
        }
        Vector prototypes = state.vector(PROTOTYPES, NOTHING);
        int width = prototypes.size() / classes;
        return new Known(
                base,
                registered,
                prototypes.asMatrix(width, classes),
                state.vector(ANCHORS, NOTHING).asMatrix(width, classes),
                state.vector(RADII, NOTHING),
                state.vector(SUPPORT_MEANS, NOTHING).asMatrix(registered.size(), width),
                state.vector(SUPPORT_ORIGINS, NOTHING).asMatrix(registered.size(), width),
                state.vector(SUPPORT_COUNTS, NOTHING),
                StreamMoments.in(state));
    }

    /** A state with this in it. */
    State into(State state) {
        return stream.into(state)
                .with(BASE, base)
                .with(REGISTERED, registered)
                .with(PROTOTYPES, prototypes.asVector())
                .with(ANCHORS, anchors.asVector())
                .with(RADII, radii)
                .with(SUPPORT_MEANS, supportMeans.asVector())
                .with(SUPPORT_ORIGINS, supportOrigins.asVector())
                .with(SUPPORT_COUNTS, supportCounts);
    }

    List<String> classes() {
        List<String> all = new ArrayList<>(base);
        all.addAll(registered);
        return all;
    }

    /** D. */
    int width() {
        return prototypes.rows();
    }

    /** The place of a registered class among those. */
    OptionalInt find(String name) {
        int index = registered.indexOf(name);
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
    }

    /** The base classes' prototypes, a row each: [C, D]. */
    Matrix baseRows() {
        float[] rows = new float[base.size() * width()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = anchors.get(i % width(), i / width());
        }
        return Matrix.of(base.size(), width(), rows);
    }

    /** A registered class. */
    Supported supported(int index) {
        float[] prototype = new float[width()];
        for (int i = 0; i < prototype.length; i++) {
            prototype[i] = prototypes.get(i, base.size() + index);
        }
        return new Supported(
                Vector.of(prototype),
                Vector.of(supportMeans.row(index)),
                Vector.of(supportOrigins.row(index)),
                (int) supportCounts.get(index),
                radii.get(base.size() + index));
    }

    Known with(StreamMoments moments) {
        return new Known(
                base, registered, prototypes, anchors, radii, supportMeans, supportOrigins, supportCounts, moments);
    }

    Known withPrototypes(Matrix moved) {
        return new Known(base, registered, moved, anchors, radii, supportMeans, supportOrigins, supportCounts, stream);
    }

    /** With other prototypes of all registered classes, unit columns: [D, n]. */
    Known withRegistered(Matrix columns) {
        return new Known(
                base,
                registered,
                Columns.replace(prototypes, base.size(), columns),
                Columns.replace(anchors, base.size(), columns),
                radii,
                supportMeans,
                supportOrigins,
                supportCounts,
                stream);
    }

    /** With one more class. */
    Known plus(String name, Supported supported) {
        List<String> names = new ArrayList<>(registered);
        names.add(name);
        return new Known(
                base,
                names,
                Columns.append(prototypes, supported.prototype()),
                Columns.append(anchors, supported.prototype()),
                append(radii, supported.radius()),
                append(supportMeans, supported.mean()),
                append(supportOrigins, supported.origin()),
                append(supportCounts, supported.count()),
                stream);
    }

    /** With another prototype for a registered class. */
    Known replace(int index, Supported supported) {
        int column = base.size() + index;
        Matrix direction = supported.prototype().asMatrix(width(), 1);
        return new Known(
                base,
                registered,
                Columns.replace(prototypes, column, direction),
                Columns.replace(anchors, column, direction),
                replace(radii, column, supported.radius()),
                replaceRow(supportMeans, index, supported.mean()),
                replaceRow(supportOrigins, index, supported.origin()),
                replace(supportCounts, index, supported.count()),
                stream);
    }

    /** Without a registered class. */
    Known minus(int index) {
        List<String> names = new ArrayList<>(registered);
        names.remove(index);
        int[] kept = new int[names.size()];
        Arrays.setAll(kept, i -> i < index ? i : i + 1);
        int column = base.size() + index;
        return new Known(
                base,
                names,
                Columns.remove(prototypes, column),
                Columns.remove(anchors, column),
                Columns.remove(radii.asMatrix(1, radii.size()), column).asVector(),
                supportMeans.select(kept),
                supportOrigins.select(kept),
                Columns.remove(supportCounts.asMatrix(1, supportCounts.size()), index)
                        .asVector(),
                stream);
    }

    private static Matrix append(Matrix rows, Vector row) {
        return Matrix.concatenate(List.of(rows, row.asMatrix(1, row.size())));
    }

    private static Vector append(Vector vector, float value) {
        float[] values = Arrays.copyOf(vector.toArray(), vector.size() + 1);
        values[vector.size()] = value;
        return Vector.of(values);
    }

    private static Vector replace(Vector vector, int index, float value) {
        float[] values = vector.toArray();
        values[index] = value;
        return Vector.of(values);
    }

    private static Matrix replaceRow(Matrix rows, int index, Vector row) {
        float[] values = rows.toArray();
        for (int i = 0; i < row.size(); i++) {
            values[index * row.size() + i] = row.get(i);
        }
        return Matrix.of(rows.rows(), rows.columns(), values);
    }

    /**
     * What is known of a registered class.
     *
     * @param prototype a unit vector in the feature space: D values
     * @param mean of the supports' raw features: D values
     * @param origin what is subtracted from it: D values
     * @param count K
     * @param radius how far from the space's middle the class lies
     */
    record Supported(Vector prototype, Vector mean, Vector origin, int count, float radius) {}
}
