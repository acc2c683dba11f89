package io.tta4j.model;

import java.util.OptionalInt;

/**
 * One norm layer's place in the flat parameter vector theta.
 *
 * @param name the dotted module path, such as {@code layer1.0.norm1}
 * @param kind what it normalises over
 * @param width the number of scales, and of shifts where there are any
 * @param weightOffset where the scales start in theta
 * @param biasOffset where the shifts start in theta; empty for a layer without shifts
 */
public record NormLayer(String name, NormKind kind, int width, int weightOffset, OptionalInt biasOffset) {

    /** The number of parameters: scales and shifts. */
    public int parameters() {
        return biasOffset.isPresent() ? 2 * width : width;
    }
}
