package io.tta4j.stream.data;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The element types that are read and written. */
public enum NpyType {
    UINT8("|u1", 1),
    INT32("<i4", 4),
    INT64("<i8", 8),
    FLOAT32("<f4", 4),
    FLOAT64("<f8", 8);

    private final String descriptor;
    private final int bytes;

    NpyType(String descriptor, int bytes) {
        this.descriptor = descriptor;
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** NumPy's name of the type in a header, such as {@code <f4}. */
    String descriptor() {
        return descriptor;
    }

    static Optional<NpyType> ofDescriptor(String descriptor) {
        return Arrays.stream(values())
                .filter(type -> type.descriptor.equals(descriptor))
                .findFirst();
    }

    /** The type as NumPy prints it, such as {@code float32}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
