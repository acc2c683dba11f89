package io.tta4j.engine;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;

/**
 * The answer of a forward run that kept nothing. Owns no native memory.
 *
 * @param model where to run again
 * @param batch the inputs
 * @param outputs what came out
 */
public record ServedPass(AdaptableModel model, Batch batch, Outputs outputs) implements Pass {

    @Override
    public int rows() {
        return batch.rows();
    }

    @Override
    public Matrix logits() {
        return outputs.logits();
    }

    @Override
    public Matrix output() {
        return outputs.output();
    }

    @Override
    public Matrix features() {
        return outputs.features().orElseGet(Pass.super::features);
    }

    @Override
    public Vector pullback(Matrix seed) {
        throw served();
    }

    @Override
    public Matrix samplePullback(Matrix seed) {
        throw served();
    }

    private static IllegalStateException served() {
        return new IllegalStateException(
                "the pass must come from forward to be pulled back, but came from serve, which keeps no activations");
    }

    @Override
    public Pass repeat(Vector theta, int... rows) {
        return model.forward(batch.select(rows), theta);
    }

    @Override
    public void freeActivations() {
        // None are kept.
    }

    @Override
    public void close() {
        // Nothing is kept.
    }
}
