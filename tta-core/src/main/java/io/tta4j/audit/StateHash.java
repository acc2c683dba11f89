package io.tta4j.audit;

import io.tta4j.method.State;

/**
 * The hash of a state as the audit trail has it: SHA-256 over names and bits. Two states have the same where they are
 * the same, bit for bit.
 */
public final class StateHash {

    private StateHash() {}

    /** 64 hexadecimal digits. */
    public static String of(State state) {
        return Sha256.of(state);
    }
}
