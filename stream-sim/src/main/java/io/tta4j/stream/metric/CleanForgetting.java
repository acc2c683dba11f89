package io.tta4j.stream.metric;

/**
 * What a model that adapted to a stream has lost of what it could do before: accuracy on clean images, with its state
 * frozen, beside the source model's on the same images.
 *
 * @param adapted after the stream; of at least one image
 * @param source of the source model, on the same images
 */
public record CleanForgetting(Accuracy adapted, Accuracy source) {

    /** The source's accuracy less the adapted model's, in points; negative where adaptation helped here too. */
    public double points() {
        return source.percent().orElseThrow() - adapted.percent().orElseThrow();
    }
}
