package io.tta4j.audit;

import java.nio.ByteBuffer;

/** Bytes for the binary file. */
record Bytes(ByteBuffer data) {}
