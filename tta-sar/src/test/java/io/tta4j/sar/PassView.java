package io.tta4j.sar;

import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;

/** A pass that is another one seen in some way; closes it. */
class PassView implements Pass {

    private final Pass pass;

    PassView(Pass pass) {
        this.pass = pass;
    }

    @Override
    public int rows() {
        return pass.rows();
    }

    @Override
    public Matrix logits() {
        return pass.logits();
    }

    @Override
    public Vector pullback(Matrix seed) {
        return pass.pullback(seed);
    }

    @Override
    public Matrix samplePullback(Matrix seed) {
        return pass.samplePullback(seed);
    }

    @Override
    public Pass repeat(Vector theta, int... rows) {
        return pass.repeat(theta, rows);
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
