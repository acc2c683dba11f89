package io.tta4j.stream.metric;

import java.util.OptionalDouble;

/**
 * Accuracy where base and novel classes are told apart, with all of them in the output space.
 *
 * @param base on images of the classes that the model was trained on
 * @param novel on images of the classes that were registered
 */
public record BaseNovel(Accuracy base, Accuracy novel) {

    /** Of no image. */
    public static final BaseNovel NONE = new BaseNovel(Accuracy.NONE, Accuracy.NONE);

    /** This and one more answer. */
    public BaseNovel with(boolean ofBase, boolean right) {
        return ofBase ? new BaseNovel(base.with(right), novel) : new BaseNovel(base, novel.with(right));
    }

    /** Both together, every image the same weight. */
    public BaseNovel plus(BaseNovel other) {
        return new BaseNovel(base.plus(other.base), novel.plus(other.novel));
    }

    /** On images of all classes, every image the same weight. */
    public Accuracy all() {
        return base.plus(novel);
    }

    /**
     * The harmonic mean of both accuracies, 2 b n / (b + n), in percent: high only where both are. Zero where either
     * is; empty where base or novel had no image.
     */
    public OptionalDouble harmonicMean() {
        if (base.samples() == 0 || novel.samples() == 0) {
            return OptionalDouble.empty();
        }
        double b = base.percent().getAsDouble();
        double n = novel.percent().getAsDouble();
        return OptionalDouble.of(b + n == 0 ? 0 : 2 * b * n / (b + n));
    }
}
