package io.tta4j.onnx.gradient;

/** A use of an operator that no rule covers; the message says which. */
final class UnsupportedGradient extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnsupportedGradient(String message) {
        super(message, null, false, false);
    }
}
