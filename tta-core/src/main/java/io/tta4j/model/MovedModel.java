package io.tta4j.model;

/**
 * A view of a model whose batch norm stands on other moments than the source's. What it runs is the model itself, at
 * another theta; samples are as independent as in the model.
 */
final class MovedModel extends ModelView {

    private final BatchNorms norms;
    private final Moments moments;

    MovedModel(AdaptableModel model, BatchNorms norms, Moments moments) {
        super(model);
        this.norms = norms;
        this.moments = moments;
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        return new MovedPass(model().forward(batch, effective(theta)));
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        return new MovedPass(model().serve(batch, effective(theta)));
    }

    private Vector effective(Vector theta) {
        layout().requireFits(theta);
        return norms.effective(theta, moments);
    }

    @Override
    public AdaptableModel withStatistics(Statistics statistics) {
        return model().withStatistics(statistics);
    }

    @Override
    public AdaptableModel withMoments(Moments others) {
        return model().withMoments(others);
    }

    @Override
    public Observation observe(Batch batch, Vector theta, Moments from, Vector rates) {
        return model().observe(batch, theta, from, rates);
    }

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
