package io.tta4j.onnx.rewrite;

/** A use of an operator for which no standard operators are known; the node stays as it is. */
final class Irreplaceable extends RuntimeException {

    private static final long serialVersionUID = 1;

    Irreplaceable(String message) {
        super(message);
    }
}
