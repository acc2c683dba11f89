package io.tta4j.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A model that is another one seen in some way: the same weights, the same theta, the same fingerprint. What it runs is
 * up to the view. As safe for use by many threads as the view makes it.
 */
public abstract class ModelView implements AdaptableModel {

    private final AdaptableModel model;

    /** A view of a model, which stays its owner's to close. */
    protected ModelView(AdaptableModel model) {
        this.model = model;
    }

    /** The model that is seen. */
    protected final AdaptableModel model() {
        return model;
    }

    @Override
    public final List<InputSpec> inputs() {
        return model.inputs();
    }

    @Override
    public final int classes() {
        return model.classes();
    }

    @Override
    public final OptionalInt features() {
        return model.features();
    }

    @Override
    public final Optional<Matrix> classifierWeights() {
        return model.classifierWeights();
    }

    @Override
    public final AffineLayout layout() {
        return model.layout();
    }

    @Override
    public final Vector source() {
        return model.source();
    }

    @Override
    public final String fingerprint() {
        return model.fingerprint();
    }

    @Override
    public final boolean samplesIndependent() {
        return model.samplesIndependent();
    }

    @Override
    public final Optional<BatchNorms> batchNorms() {
        return model.batchNorms();
    }

    /** Does nothing: the owner of the model closes what there is. */
    @Override
    public final void close() {}
}
