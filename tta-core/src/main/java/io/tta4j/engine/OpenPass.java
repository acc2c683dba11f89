package io.tta4j.engine;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A pass that can be pulled back, as far as engines do it alike: it checks what it is asked for, and asks the engine
 * for nothing that does not count.
 *
 * <p>Where samples are independent, a pullback runs over the rows whose seed is not zero and over no others.
 */
public abstract class OpenPass implements Pass {

    /** The parameters that the pass was made at. */
    protected final Vector theta;

    private final AdaptableModel model;
    private final Outputs outputs;
    private @Nullable Supplier<Batch> inputs;
    private boolean closed;

    protected OpenPass(AdaptableModel model, Vector theta, Outputs outputs) {
        this.model = model;
        this.theta = theta;
        this.outputs = outputs;
    }

    /**
     * The gradient summed over rows, P values.
     *
     * @param seed of the given rows, none of them zero where samples are independent
     * @param rows at least one, ascending
     */
    protected abstract float[] gradient(Matrix seed, int... rows);

    /** Whether single samples have gradients of their own. */
    protected abstract boolean hasSampleGradients();

    /** The gradients of the given rows, one after the other, P values each; parameters as {@link #gradient}. */
    protected abstract float[] sampleGradients(Matrix seed, int... rows);

    /** {@link #repeat} over rows that there are. */
    protected abstract OpenPass again(Vector theta, int... rows);

    /** Frees all that the pass holds. Called once. */
    protected abstract void free();

    /** This pass, which from now on tells these as its {@link #batch}. For whoever made it. */
    public final OpenPass over(Supplier<Batch> batch) {
        inputs = batch;
        return this;
    }

    @Override
    public final Batch batch() {
        return inputs == null ? Pass.super.batch() : inputs.get();
    }

    @Override
    public final int rows() {
        return logits().rows();
    }

    @Override
    public final Matrix logits() {
        return outputs.logits();
    }

    @Override
    public final Matrix output() {
        return outputs.output();
    }

    @Override
    public final Matrix features() {
        return outputs.features().orElseGet(Pass.super::features);
    }

    @Override
    public final Vector pullback(Matrix seed) {
        requireFits(seed);
        int[] rows = rowsOf(seed);
        return rows.length == 0 ? Vector.zeros(theta.size()) : Vector.of(gradient(select(seed, rows), rows));
    }

    @Override
    public final Matrix samplePullback(Matrix seed) {
        requireFits(seed);
        if (!hasSampleGradients()) {
            throw new IllegalStateException("the model's samples must be independent for gradients of single samples,"
                    + " but they interact or are not laid out sample by sample");
        }
        int[] rows = rowsOf(seed);
        int size = theta.size();
        float[] all = new float[rows() * size];
        float[] found = rows.length == 0 ? new float[0] : sampleGradients(select(seed, rows), rows);
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(found, i * size, all, rows[i] * size, size);
        }
        return Matrix.of(rows(), size, all);
    }

    /** The rows that the gradient depends on. */
    private int[] rowsOf(Matrix seed) {
        IntStream rows = IntStream.range(0, rows());
        return (model.samplesIndependent() ? rows.filter(row -> !seed.isZero(row)) : rows).toArray();
    }

    private static Matrix select(Matrix seed, int... rows) {
        return rows.length == seed.rows() ? seed : seed.select(rows);
    }

    /** Whether these are all rows of the pass. */
    protected final boolean isEverything(int... rows) {
        return rows.length == rows();
    }

    @Override
    public final Pass repeat(Vector other, int... rows) {
        requireOpen();
        if (rows.length == 0) {
            throw new IllegalArgumentException("rows must be at least one, but were none");
        }
        for (int row : rows) {
            // Engines count negative rows from the end.
            Objects.checkIndex(row, rows());
        }
        Supplier<Batch> whole = inputs;
        OpenPass again = again(other, rows);
        return whole == null ? again : again.over(() -> whole.get().select(rows));
    }

    private void requireFits(Matrix seed) {
        requireOpen();
        if (seed.rows() != rows() || seed.columns() != logits().columns()) {
            throw new IllegalArgumentException("seed must be of shape [%d, %d], but was [%d, %d]"
                    .formatted(rows(), logits().columns(), seed.rows(), seed.columns()));
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the pass is closed");
        }
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            free();
        }
    }
}
