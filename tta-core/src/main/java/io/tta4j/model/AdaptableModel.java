package io.tta4j.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A classifier that is a pure function of its inputs and of theta, the scales and shifts of its norm layers.
 *
 * <pre>
 *     logits, features = forward(inputs, theta)
 *     gradient = pullback(seed)          seed = dLoss / dLogits
 * </pre>
 *
 * <p>Everything else in the model is frozen and shared: thousands of streams, each with a theta of its own, can use one
 * model. Safe for use by many threads. {@link #close} frees the native memory once the last open pass is closed.
 */
public interface AdaptableModel extends AutoCloseable {

    /** What the model expects of each input, in the model's order. */
    List<InputSpec> inputs();

    /** C, the number of classes. */
    int classes();

    /**
     * D, the width of the features that a pass hands out beside its logits; empty (the default) where the model was
     * loaded to hand out none, which costs nothing.
     */
    default OptionalInt features() {
        return OptionalInt.empty();
    }

    /**
     * W, the weights of the classifier, of shape [C, D], a row a class, where the logits are a plain product of the
     * features: {@code logits = features W^T + b}, whatever theta. Empty where the model hands out no features, hands
     * out others than the classifier's input, or its classifier is of another form.
     */
    default Optional<Matrix> classifierWeights() {
        return Optional.empty();
    }

    /** The norm layers and their place in theta. */
    AffineLayout layout();

    /** Theta as the model was trained: P values. */
    Vector source();

    /**
     * What tells this model from others: what was learned on one with the same fingerprint can be taken over. The same
     * in every process; views of a model have the model's.
     *
     * @return up to 200 characters without spaces; by default from the layout and the source's values
     */
    default String fingerprint() {
        return layout().fingerprint(source());
    }

    /**
     * Whether a sample's logits depend on that sample alone. Only then do gradients over parts of a batch add up to the
     * gradient over the whole, and only then is {@link Pass#samplePullback} defined.
     */
    boolean samplesIndependent();

    /**
     * A forward pass that can be pulled back.
     *
     * @param batch the inputs, N rows; not copied, must stay unchanged until the pass is closed
     * @param theta P values
     * @return an open pass, to be closed by the caller
     * @throws IllegalArgumentException if an input is missing, unknown or of another type or shape, or theta has
     *     another size
     * @throws IllegalStateException if the model is closed
     */
    Pass forward(Batch batch, Vector theta);

    /**
     * A forward pass for its answer alone: as {@link #forward}, but nothing is kept for a pullback, which the returned
     * pass refuses. With theta equal to {@link #source()} the untouched original model runs.
     */
    Pass serve(Batch batch, Vector theta);

    /**
     * The same model with its batch norm on other statistics: a view that shares the weights and theta's layout.
     * Samples interact under a blend with the batch: {@link #samplesIndependent()} is false then,
     * {@link Pass#samplePullback} is refused, and at {@link #source()} too the logits are not the original model's. A
     * batch of one sample whose map is a single position has no variance: a batch norm on its statistics alone then
     * puts out its shifts, whatever the input.
     *
     * <p>Moving statistics start at the source's, so that their view is the model itself until it is
     * {@linkplain #withMoments put on others}.
     *
     * <p>Views live as long as the model: it frees what they use, and closing one does nothing.
     *
     * @return the model itself for {@link Statistics#SOURCE}, for {@link Statistics#AUTO}, and where statistics move
     * @throws ModelException if there is no batch norm that could take the statistics; the message says why
     */
    default AdaptableModel withStatistics(Statistics statistics) {
        if (!statistics.equals(Statistics.SOURCE) && !statistics.whereThereAre()) {
            throw new ModelException(
                    "batch norm must be in the model for statistics '%s', but this one has none whose statistics can move; leave statistics at source"
                            .formatted(statistics));
        }
        return this;
    }

    /** The batch norm layers whose statistics can move; empty (the default) where there are none. */
    default Optional<BatchNorms> batchNorms() {
        return Optional.empty();
    }

    /**
     * The same model with its batch norm on other moments: a view that shares the weights and theta's layout. Samples
     * are as independent as in the model. It lives as long as the model; closing it does nothing.
     *
     * @return the model itself for the source's moments
     * @throws ModelException if there are no {@link #batchNorms}
     * @throws IllegalArgumentException if the moments are of another number of channels
     */
    default AdaptableModel withMoments(Moments moments) {
        BatchNorms norms = batchNorms()
                .orElseThrow(
                        () -> new ModelException(
                                "batch norm must be in the model for other moments, but there is none whose statistics can move"));
        norms.requireFits(moments);
        return moments.equals(norms.source()) ? this : new MovedModel(this, norms, moments);
    }

    /**
     * Moves the moments with a batch: layer by layer on the way forward, {@code (1 - w) moments + w batch} with
     * {@code w = 1 - (1 - rate)^N}, where the moments are those of the layer's input and its square over samples and
     * space: the variance is that of the mixture. Each layer normalises by what its moments have become, so that the
     * next one sees what it will see.
     *
     * <p>No pullback: for one, run {@link #forward} on the model {@linkplain #withMoments on the new moments}, whose
     * logits are the same but for rounding.
     *
     * @param batch the inputs, N rows
     * @param theta P values
     * @param moments where to start from
     * @param rates the share of a single sample, in (0, 1], one for each channel as {@link BatchNorms#rates} has them
     * @return the answer and the new moments
     * @throws ModelException if there are no {@link #batchNorms}
     * @throws IllegalArgumentException if the batch, theta or the moments do not fit, or a rate is not in (0, 1]
     * @throws IllegalStateException if the model is closed
     */
    default Observation observe(Batch batch, Vector theta, Moments moments, Vector rates) {
        throw new ModelException(
                "batch norm must be in the model for moments to move, but there is none whose statistics can");
    }

    @Override
    void close();
}
