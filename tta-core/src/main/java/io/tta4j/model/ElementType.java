package io.tta4j.model;

/** Element types of model inputs. */
public enum ElementType {
    FLOAT32(4),
    FLOAT16(2),
    INT64(8),
    INT32(4),
    UINT8(1),
    BOOL(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
