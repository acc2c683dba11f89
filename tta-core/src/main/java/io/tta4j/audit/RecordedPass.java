package io.tta4j.audit;

import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.Arrays;

/** A pass that notes what is asked of it. */
final class RecordedPass implements Pass {

    private final Pass pass;
    private final int number;
    private final Journal journal;
    private boolean hasLogits;
    private boolean hasOutput;
    private boolean hasFeatures;

    RecordedPass(Pass pass, int number, Journal journal) {
        this.pass = pass;
        this.number = number;
        this.journal = journal;
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
        Matrix logits = pass.logits();
        if (!hasLogits) {
            journal.add(new Call.Logits(number, logits));
            hasLogits = true;
        }
        return logits;
    }

    @Override
    public Matrix output() {
        Matrix output = pass.output();
        if (!hasOutput) {
            journal.add(new Call.Output(number, output));
            hasOutput = true;
        }
        return output;
    }

    @Override
    public Matrix features() {
        Matrix features = pass.features();
        if (!hasFeatures) {
            journal.add(new Call.Features(number, features));
            hasFeatures = true;
        }
        return features;
    }

    @Override
    public Vector pullback(Matrix seed) {
        Vector gradient = pass.pullback(seed);
        journal.add(new Call.Pullback(number, Sha256.ofShort(seed), Journal.seeded(seed), gradient));
        return gradient;
    }

    @Override
    public Matrix samplePullback(Matrix seed) {
        Matrix gradients = pass.samplePullback(seed);
        journal.add(new Call.SamplePullback(number, Sha256.ofShort(seed), Journal.seeded(seed), gradients));
        return gradients;
    }

    @Override
    public Pass repeat(Vector theta, int... rows) {
        Pass repeated = pass.repeat(theta, rows);
        int other = journal.nextPass();
        journal.add(new Call.Repeat(
                other,
                number,
                Sha256.ofShort(theta),
                Arrays.stream(rows).boxed().toList()));
        return new RecordedPass(repeated, other, journal);
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
