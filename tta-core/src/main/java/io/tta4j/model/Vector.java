package io.tta4j.model;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable flat float32 vector: the affine parameters theta, a gradient over them, a momentum. Sums accumulate in
 * double precision.
 */
public final class Vector {

    private final float[] values;

    private Vector(float[] values) {
        this.values = values;
    }

    /** A vector over {@code values}, which it owns from then on: the caller must not change them. */
    public static Vector of(float... values) {
        return new Vector(values);
    }

    /** A vector of zeros. */
    public static Vector zeros(int size) {
        return new Vector(new float[size]);
    }

    /** The values of several arrays, one after the other. */
    public static Vector concatenate(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int offset = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, offset, part.length);
            offset += part.length;
        }
        return new Vector(all);
    }

    public int size() {
        return values.length;
    }

    public float get(int index) {
        return values[index];
    }

    /** A copy of the values. */
    public float[] toArray() {
        return values.clone();
    }

    /**
     * The same values as a row-major matrix; nothing is copied.
     *
     * @throws IllegalArgumentException if there are not {@code rows * columns} values
     */
    public Matrix asMatrix(int rows, int columns) {
        return Matrix.of(rows, columns, values);
    }

    /** The values themselves, for this package to read. */
    float[] array() {
        return values;
    }

    /** Copies all values to {@code target} at its position. */
    public void copyTo(FloatBuffer target) {
        target.put(values);
    }

    /** A copy of the values from {@code offset} on. */
    public float[] slice(int offset, int length) {
        return Arrays.copyOfRange(values, offset, offset + length);
    }

    /** {@code this + other}. */
    public Vector plus(Vector other) {
        return plus(1f, other);
    }

    /** {@code this - other}. */
    public Vector minus(Vector other) {
        return plus(-1f, other);
    }

    /** {@code this + scale * other}. */
    public Vector plus(float scale, Vector other) {
        requireSameSize(other);
        float[] sum = new float[values.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = values[i] + scale * other.values[i];
        }
        return new Vector(sum);
    }

    /** {@code scale * this}. */
    public Vector times(float scale) {
        float[] product = new float[values.length];
        for (int i = 0; i < product.length; i++) {
            product[i] = scale * values[i];
        }
        return new Vector(product);
    }

    /** The element-wise product. */
    public Vector times(Vector other) {
        requireSameSize(other);
        float[] product = new float[values.length];
        for (int i = 0; i < product.length; i++) {
            product[i] = values[i] * other.values[i];
        }
        return new Vector(product);
    }

    /** The inner product. */
    public double dot(Vector other) {
        requireSameSize(other);
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += (double) values[i] * other.values[i];
        }
        return sum;
    }

    /** The Euclidean norm. */
    public double norm() {
        return Math.sqrt(dot(this));
    }

    /** Whether no value is NaN or infinite. */
    public boolean isFinite() {
        return isFinite(values);
    }

    static boolean isFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    private void requireSameSize(Vector other) {
        if (other.values.length != values.length) {
            throw new IllegalArgumentException(
                    "vectors must have the same size, but were " + values.length + " and " + other.values.length);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Vector that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Vector[" + values.length + "]";
    }
}
