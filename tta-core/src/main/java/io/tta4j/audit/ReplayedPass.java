package io.tta4j.audit;

import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A pass that hands out what a recorded one did. Its inputs are zeros in the shape of the recorded ones. */
final class ReplayedPass implements Pass {

    private final int rows;
    private final int number;
    private final Supplier<Batch> batch;
    private final Script script;
    private final ReplayedModel model;
    private @Nullable Matrix logits;
    private @Nullable Matrix output;
    private @Nullable Matrix features;

    ReplayedPass(int rows, int number, Supplier<Batch> batch, Script script, ReplayedModel model) {
        this.rows = rows;
        this.number = number;
        this.batch = batch;
        this.script = script;
        this.model = model;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public Batch batch() {
        return batch.get();
    }

    @Override
    public Matrix logits() {
        if (logits == null) {
            logits = script.next(Call.Logits.class, number).values();
        }
        return logits;
    }

    @Override
    public Matrix output() {
        if (output == null) {
            output = script.next(Call.Output.class, number).values();
        }
        return output;
    }

    @Override
    public Matrix features() {
        if (features == null) {
            features = script.next(Call.Features.class, number).values();
        }
        return features;
    }

    @Override
    public Vector pullback(Matrix seed) {
        Call.Pullback call = script.next(Call.Pullback.class, number);
        Script.requireSame("the hash of a seed", call.seed(), Sha256.ofShort(seed));
        return call.gradient();
    }

    @Override
    public Matrix samplePullback(Matrix seed) {
        Call.SamplePullback call = script.next(Call.SamplePullback.class, number);
        Script.requireSame("the hash of a seed", call.seed(), Sha256.ofShort(seed));
        return call.gradients();
    }

    @Override
    public Pass repeat(Vector theta, int... wanted) {
        int other = model.nextPass();
        Call.Repeat call = script.next(Call.Repeat.class, other);
        List<Integer> given = Arrays.stream(wanted).boxed().toList();
        Script.requireSame("the pass that is repeated", call.of(), number);
        Script.requireSame("the rows that are repeated", call.rows(), given);
        Script.requireTheta(call.theta(), theta);
        int[] selected = IntStream.of(wanted).toArray();
        return new ReplayedPass(wanted.length, other, () -> batch.get().select(selected), script, model);
    }

    @Override
    public void freeActivations() {
        // There are none.
    }

    @Override
    public void close() {
        // Nothing is held but what is recorded.
    }
}
