package io.tta4j.model;

/**
 * What a forward run hands out: logits, features where the model was loaded with them and, until it is closed, the
 * pullback of that run.
 *
 * <p>Owns native memory (the activations that the pullback reads); close it as soon as the last pullback is done. Use
 * by one thread at a time. After {@link #close} logits and features remain readable; the other methods throw
 * {@link IllegalStateException}.
 */
public interface Pass extends AutoCloseable {

    /** The number of samples N. */
    int rows();

    /**
     * The inputs that the pass is over, N rows: the batch that it was asked for, or a copy of the rows that it
     * {@linkplain #repeat repeats}, made anew at each call. To be read while the pass is open; the caller's batch may
     * change after that.
     *
     * @throws IllegalStateException if whoever made the pass does not tell; the engines here do
     */
    default Batch batch() {
        throw new IllegalStateException(
                "a pass must know its inputs for a method that makes others of them, but this one was made without: "
                        + getClass().getName());
    }

    /** Unnormalised class scores, shape [N, C]. */
    Matrix logits();

    /** The model's own output, shape [N, C]: the logits, or probabilities where the model ends in a softmax. */
    default Matrix output() {
        return logits();
    }

    /**
     * What the network makes of each sample before it is classified, at this pass's theta: shape [N, D], with D as
     * {@link AdaptableModel#features} says.
     *
     * @throws IllegalStateException if the model was loaded without features; see {@link AdaptableModel#features}
     */
    default Matrix features() {
        throw new IllegalStateException(
                "the model must be loaded with features for a pass to hand them out, but was loaded without; ask for them in the options it is loaded with: features(\"auto\"), or --features auto on the command line");
    }

    /**
     * The gradient with respect to theta of sum(logits * seed), summed over rows. May be called repeatedly.
     *
     * @param seed dLoss / dLogits, shape [N, C]; a row of zeros contributes nothing
     * @return P values
     * @throws IllegalArgumentException if the seed has another shape
     * @throws IllegalStateException if the pass is closed, has freed its activations or came from
     *     {@link AdaptableModel#serve}
     */
    Vector pullback(Matrix seed);

    /**
     * The same gradient, one row a sample; the rows sum to {@link #pullback}'s result.
     *
     * @param seed dLoss / dLogits, shape [N, C]
     * @return shape [N, P]
     * @throws IllegalStateException as {@link #pullback}, and if the model's samples are not independent
     */
    Matrix samplePullback(Matrix seed);

    /**
     * A pass over some rows of the same inputs at another theta; this pass may be closed before it.
     *
     * @param theta P values
     * @param rows which rows, in which order; at least one
     * @return an open pass over {@code rows.length} samples, to be closed by the caller
     * @throws IndexOutOfBoundsException if a row is not in 0..N-1
     * @throws IllegalArgumentException if there is no row, or theta has another size
     */
    Pass repeat(Vector theta, int... rows);

    /**
     * Frees what the pullback reads, ahead of {@link #close}: pullbacks are refused from then on, the rest works as
     * before. For whoever has pulled back for the last time and wants to {@link #repeat} in the memory so gained.
     */
    void freeActivations();

    @Override
    void close();
}
