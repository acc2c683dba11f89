package io.tta4j.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A view of a model whose batch norm stands on other moments than the source's. What it runs is the model itself, at
 * another theta; samples are as independent as in the model.
 */
final class MovedModel implements AdaptableModel {

    private final AdaptableModel model;
    private final BatchNorms norms;
    private final Moments moments;

    MovedModel(AdaptableModel model, BatchNorms norms, Moments moments) {
        this.model = model;
        this.norms = norms;
        this.moments = moments;
    }

    @Override
    public List<InputSpec> inputs() {
        return model.inputs();
    }

    @Override
    public int classes() {
        return model.classes();
    }

    @Override
    public OptionalInt features() {
        return model.features();
    }

    @Override
    public Optional<Matrix> classifierWeights() {
        return model.classifierWeights();
    }

    @Override
    public AffineLayout layout() {
        return model.layout();
    }

    @Override
    public Vector source() {
        return model.source();
    }

    @Override
    public String fingerprint() {
        return model.fingerprint();
    }

    @Override
    public boolean samplesIndependent() {
        return model.samplesIndependent();
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        return new MovedPass(model.forward(batch, effective(theta)));
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        return new MovedPass(model.serve(batch, effective(theta)));
    }

    private Vector effective(Vector theta) {
        layout().requireFits(theta);
        return norms.effective(theta, moments);
    }

    @Override
    public AdaptableModel withStatistics(Statistics statistics) {
        return model.withStatistics(statistics);
    }

    @Override
    public Optional<BatchNorms> batchNorms() {
        return model.batchNorms();
    }

    @Override
    public AdaptableModel withMoments(Moments others) {
        return model.withMoments(others);
    }

    @Override
    public Observation observe(Batch batch, Vector theta, Moments from, Vector rates) {
        return model.observe(batch, theta, from, rates);
    }

    /** The model owns what there is to close. */
    @Override
    public void close() {}

    /** A pass of the model, seen as a function of theta under the moments. */
    private final class MovedPass implements Pass {

        private final Pass pass;

        MovedPass(Pass pass) {
            this.pass = pass;
        }

        @Override
        public int rows() {
            return pass.rows();
        }

        @Override
        public Batch batch() {
            return pass.batch();
        }

        @Override
        public Matrix logits() {
            return pass.logits();
        }

        @Override
        public Matrix output() {
            return pass.output();
        }

        @Override
        public Matrix features() {
            return pass.features();
        }

        @Override
        public Vector pullback(Matrix seed) {
            return norms.pullback(pass.pullback(seed), moments);
        }

        @Override
        public Matrix samplePullback(Matrix seed) {
            return norms.pullback(pass.samplePullback(seed), moments);
        }

        @Override
        public Pass repeat(Vector theta, int... rows) {
            return new MovedPass(pass.repeat(effective(theta), rows));
        }

        @Override
        public void freeActivations() {
            pass.freeActivations();
        }

        @Override
        public void close() {
            pass.close();
        }
    }
}
