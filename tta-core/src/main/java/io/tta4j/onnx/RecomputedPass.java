package io.tta4j.onnx;

import ai.onnxruntime.OrtSession;
import io.tta4j.engine.Outputs;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import io.tta4j.onnx.gradient.Differentiator;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A forward run that keeps nothing: a pullback runs forward again and backward at once, so that no activation outlives
 * a run or leaves the device, and over a few rows at a time where memory is to be bounded.
 */
final class RecomputedPass extends AdaptedPass {

    private final NativeSession recompute;
    private final int rowsPerPass;

    private RecomputedPass(
            OnnxModel model,
            AdaptationSessions sessions,
            NativeSession recompute,
            Feed feed,
            Vector theta,
            int rowsPerPass,
            Outputs outputs) {
        super(model, sessions, feed, theta, outputs);
        this.recompute = recompute;
        this.rowsPerPass = rowsPerPass;
    }

    /**
     * Runs forward.
     *
     * @param feed taken over, unless this fails
     * @param rows how many the feed has
     * @param rowsPerPass how many rows a run may have at most; 0 for all
     */
    static RecomputedPass of(
            OnnxModel model,
            AdaptationSessions sessions,
            NativeSession recompute,
            Feed feed,
            int rows,
            Vector theta,
            int rowsPerPass) {
        List<Outputs> outputs = new ArrayList<>();
        int[] all = IntStream.range(0, rows).toArray();
        for (int[] slice : slices(rowsPerPass, all)) {
            try (Feed picked = sessions.pick(feed, rows, slice);
                    OrtSession.Result result = model.run(sessions.serve, sessions.answers.tensors(), picked, theta)) {
                outputs.add(sessions.answers.of(result));
            }
        }
        return new RecomputedPass(model, sessions, recompute, feed, theta, rowsPerPass, Outputs.concatenate(outputs));
    }

    private static List<int[]> slices(int rowsPerPass, int... rows) {
        int size = rowsPerPass == 0 ? rows.length : rowsPerPass;
        List<int[]> slices = new ArrayList<>();
        for (int from = 0; from < rows.length; from += size) {
            slices.add(Arrays.copyOfRange(rows, from, Math.min(from + size, rows.length)));
        }
        return slices;
    }

    /** Gradients over slices of a batch add. */
    @Override
    protected float[] gradient(Matrix seed, int... rows) {
        float[] sum = new float[theta.size()];
        int done = 0;
        for (int[] slice : slices(rowsPerPass, rows)) {
            float[] part = recompute(recompute, part(seed, done, slice.length), Differentiator.GRADIENT, slice);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += part[i];
            }
            done += slice.length;
        }
        return sum;
    }

    @Override
    protected float[] sampleGradients(Matrix seed, int... rows) {
        float[] all = new float[rows.length * theta.size()];
        int done = 0;
        for (int[] slice : slices(rowsPerPass, rows)) {
            float[] part = recompute(recompute, part(seed, done, slice.length), Differentiator.SAMPLE_GRADIENT, slice);
            System.arraycopy(part, 0, all, done * theta.size(), part.length);
            done += slice.length;
        }
        return all;
    }

    private static Matrix part(Matrix seed, int from, int rows) {
        return rows == seed.rows()
                ? seed
                : seed.select(IntStream.range(from, from + rows).toArray());
    }

    @Override
    public void freeActivations() {
        // None are kept.
    }
}
