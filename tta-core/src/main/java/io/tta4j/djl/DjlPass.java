package io.tta4j.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.tta4j.engine.OpenPass;
import io.tta4j.engine.Outputs;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A pass of a TorchScript module. Its inputs stay in native memory until it is closed.
 *
 * <p>Where it holds on to its activations, the first pullback over at least half of its rows goes through them and
 * frees them. Over fewer rows, it is cheaper to run those forward again; so does any later pullback.
 */
final class DjlPass extends OpenPass {

    private final DjlModel model;
    private final NDManager scope;
    private final NDList inputs;
    private @Nullable Kept kept;
    private boolean freed;

    /**
     * A run whose activations are kept.
     *
     * @param lent the module, whose parameters are the pass's as long as nobody else has it
     * @param scope owns the activations
     */
    private record Kept(ModulePool.Lent lent, NDManager scope, NativeModule.Run run) implements AutoCloseable {

        @Override
        public void close() {
            scope.close();
            lent.close();
        }
    }

    private DjlPass(
            DjlModel model, NDManager scope, NDList inputs, Vector theta, Outputs outputs, @Nullable Kept kept) {
        super(model, theta, outputs);
        this.model = model;
        this.scope = scope;
        this.inputs = inputs;
        this.kept = kept;
    }

    /**
     * Runs forward.
     *
     * @param scope owns the inputs; taken over, unless this fails
     * @param keep whether activations are wanted
     */
    static DjlPass of(DjlModel model, NDManager scope, NDList inputs, Vector theta, boolean keep) {
        ModulePool.Lent lent = model.modules().lend(theta);
        NDManager activations = scope.newSubManager();
        boolean keeping = false;
        try {
            boolean recording = keep && lent.keep();
            NativeModule.Run run = lent.module().forward(activations, inputs, theta, recording);
            DjlPass pass = new DjlPass(
                    model, scope, inputs, theta, run.outputs(), recording ? new Kept(lent, activations, run) : null);
            keeping = recording;
            return pass;
        } finally {
            if (!keeping) {
                activations.close();
                lent.close();
            }
        }
    }

    @Override
    protected boolean hasSampleGradients() {
        return model.samplesIndependent();
    }

    @Override
    protected float[] gradient(Matrix seed, int... rows) {
        requireActivations();
        Kept now = kept;
        if (now == null) {
            try (ModulePool.Lent lent = model.modules().lend(theta)) {
                return recompute(lent.module(), seed, rows);
            }
        }
        // A row that is not finite would spoil the others' gradient, even with a seed of zero.
        if (isEverything(rows) || (2 * rows.length >= rows() && logits().isFinite())) {
            // Freed on the way back, activations make room for gradients: on a ViT-B/16 a tenth less time than kept.
            try (now) {
                return now.run().gradient(spread(seed, rows));
            } finally {
                kept = null;
            }
        }
        return recompute(now.lent().module(), seed, rows);
    }

    @Override
    protected float[] sampleGradients(Matrix seed, int... rows) {
        requireActivations();
        Kept now = kept;
        if (now != null) {
            return sampleGradients(now.lent().module(), seed, rows);
        }
        try (ModulePool.Lent lent = model.modules().lend(theta)) {
            return sampleGradients(lent.module(), seed, rows);
        }
    }

    private float[] sampleGradients(NativeModule module, Matrix seed, int... rows) {
        float[] all = new float[rows.length * theta.size()];
        for (int i = 0; i < rows.length; i++) {
            float[] one = recompute(module, seed.select(i), rows[i]);
            System.arraycopy(one, 0, all, i * theta.size(), one.length);
        }
        return all;
    }

    private float[] recompute(NativeModule module, Matrix seed, int... rows) {
        try (NDManager temporary = scope.newSubManager()) {
            NDList picked = isEverything(rows) ? inputs : pick(temporary, rows);
            return module.forward(temporary, picked, theta, true).gradient(seed);
        }
    }

    /** The seed of all rows, from that of some. */
    private Matrix spread(Matrix seed, int... rows) {
        if (isEverything(rows)) {
            return seed;
        }
        int columns = seed.columns();
        float[] all = new float[rows() * columns];
        float[] some = seed.toArray();
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(some, i * columns, all, rows[i] * columns, columns);
        }
        return Matrix.of(rows(), columns, all);
    }

    private NDList pick(NDManager owner, int... rows) {
        long[] places = Arrays.stream(rows).asLongStream().toArray();
        return Autograd.off(() -> {
            try (NDArray index = owner.create(places)) {
                NDIndex chosen = new NDIndex("{}", index);
                return new NDList(
                        inputs.stream().map(input -> input.get(owner, chosen)).toArray(NDArray[]::new));
            }
        });
    }

    @Override
    protected OpenPass again(Vector other, int... rows) {
        return model.repeat(owner -> pick(owner, rows), other);
    }

    private void requireActivations() {
        if (freed) {
            throw new IllegalStateException("the pass has freed its activations and cannot be pulled back any more");
        }
    }

    @Override
    public void freeActivations() {
        freed = true;
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }

    @Override
    protected void free() {
        freeActivations();
        scope.close();
        model.release();
    }
}
