package io.tta4j.examples.server;

import io.tta4j.model.ElementType;

/** The protocol's names of the element types that models here take or give. */
enum Datatype {
    BOOL(ElementType.BOOL),
    UINT8(ElementType.UINT8),
    INT32(ElementType.INT32),
    INT64(ElementType.INT64),
    FP16(ElementType.FLOAT16),
    FP32(ElementType.FLOAT32);

    private final ElementType type;

    Datatype(ElementType type) {
        this.type = type;
    }

    static Datatype of(ElementType type) {
        for (Datatype datatype : values()) {
            if (datatype.type == type) {
                return datatype;
            }
        }
        throw new IllegalArgumentException("element type must have a name in the protocol, but was " + type);
    }

    ElementType type() {
        return type;
    }

    int bytes() {
        return type.bytes();
    }
}
