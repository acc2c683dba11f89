package io.tta4j.bench;

import java.util.Locale;

/** What contestants are called in tables. */
final class Names {

    static final String PLAIN = "plain ONNX Runtime";
    static final String UNSPUN = "plain, spinning in runs only";
    static final String DISABLED = "tta4j, disabled";
    static final String SOURCE = "tta4j, source state";
    static final String SERVE = "tta4j, serve adapted";

    /** What is added where PyTorch computes gradients of all parameters, not only of norm layers. */
    static final String ALL_TRAINABLE = ", all trainable";

    private Names() {}

    /** tta4j's request with a step. */
    static String step(double share) {
        return "tta4j, " + share(share);
    }

    /** PyTorch in a memory layout. */
    static String pyTorch(String layout, String what) {
        return "PyTorch %s, %s".formatted(layout, what);
    }

    /** A step with a share of reliable samples. */
    static String share(double share) {
        return String.format(Locale.ROOT, "SAR r=%s", share == Math.rint(share) ? "%.0f".formatted(share) : share);
    }
}
