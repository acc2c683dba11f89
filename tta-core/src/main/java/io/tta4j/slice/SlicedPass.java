package io.tta4j.slice;

import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Passes over the slices of a batch, seen as one over the whole. */
final class SlicedPass implements Pass {

    private final Supplier<Batch> batch;
    private final List<Pass> slices;
    private final int rowsPerSlice;
    private final Turnstile turnstile;
    private final int[] starts;
    private final int rows;
    private final Matrix logits;

    /**
     * A pass over slices, which it owns.
     *
     * @param slices at least one, in the batch's order
     * @param rowsPerSlice how many rows a run may have
     */
    SlicedPass(Supplier<Batch> batch, List<Pass> slices, int rowsPerSlice, Turnstile turnstile) {
        this.batch = batch;
        this.slices = List.copyOf(slices);
        this.rowsPerSlice = rowsPerSlice;
        this.turnstile = turnstile;
        this.starts = new int[slices.size()];
        int start = 0;
        for (int slice = 0; slice < starts.length; slice++) {
            starts[slice] = start;
            start += slices.get(slice).rows();
        }
        this.rows = start;
        this.logits = joined(Pass::logits);
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
        return logits;
    }

    @Override
    public Matrix output() {
        return joined(Pass::output);
    }

    @Override
    public Matrix features() {
        return joined(Pass::features);
    }

    private Matrix joined(Function<Pass, Matrix> part) {
        return slices.size() == 1
                ? part.apply(slices.get(0))
                : Matrix.concatenate(slices.stream().map(part).toList());
    }

    /** A slice whose seed is zero throughout is not run; the model would find that it adds nothing. */
    @Override
    public Vector pullback(Matrix seed) {
        requireFits(seed);
        if (slices.size() == 1) {
            return turnstile.pass(rows, () -> slices.get(0).pullback(seed));
        }
        List<Vector> parts = new ArrayList<>();
        for (int i = 0; i < starts.length; i++) {
            Pass slice = slices.get(i);
            Matrix part = part(seed, i);
            int wanted = (int) IntStream.range(0, part.rows())
                    .filter(row -> !part.isZero(row))
                    .count();
            parts.add(wanted == 0 ? slice.pullback(part) : turnstile.pass(wanted, () -> slice.pullback(part)));
        }
        return parts.stream().reduce(Vector::plus).orElseThrow();
    }

    @Override
    public Matrix samplePullback(Matrix seed) {
        requireFits(seed);
        if (slices.size() == 1) {
            return turnstile.pass(rows, () -> slices.get(0).samplePullback(seed));
        }
        List<Matrix> parts = new ArrayList<>();
        for (int i = 0; i < starts.length; i++) {
            Pass slice = slices.get(i);
            Matrix part = part(seed, i);
            parts.add(turnstile.pass(slice.rows(), () -> slice.samplePullback(part)));
        }
        return Matrix.concatenate(parts);
    }

    private Matrix part(Matrix seed, int slice) {
        return seed.select(
                IntStream.range(starts[slice], starts[slice] + slices.get(slice).rows())
                        .toArray());
    }

    private void requireFits(Matrix seed) {
        if (seed.rows() != rows) {
            throw new IllegalArgumentException("a seed must have the pass's %d rows, but was %s".formatted(rows, seed));
        }
    }

    /** Each run of asked rows that lie in one slice is repeated from it. */
    @Override
    public Pass repeat(Vector theta, int... asked) {
        if (asked.length == 0) {
            throw new IllegalArgumentException("rows must be at least one, but were none");
        }
        List<Pass> repeated = new ArrayList<>();
        try {
            int done = 0;
            while (done < asked.length) {
                int slice = sliceOf(asked[done]);
                int end = done + 1;
                while (end < asked.length && end - done < rowsPerSlice && sliceOf(asked[end]) == slice) {
                    end++;
                }
                int first = starts[slice];
                int[] local =
                        IntStream.range(done, end).map(i -> asked[i] - first).toArray();
                repeated.add(
                        turnstile.pass(local.length, () -> slices.get(slice).repeat(theta, local)));
                done = end;
            }
            return new SlicedPass(() -> batch.get().select(asked), repeated, rowsPerSlice, turnstile);
        } catch (RuntimeException | Error e) {
            repeated.forEach(Pass::close);
            throw e;
        }
    }

    /** Which slice a row is in. */
    private int sliceOf(int row) {
        int found = Arrays.binarySearch(starts, Objects.checkIndex(row, rows));
        return found >= 0 ? found : -found - 2;
    }

    @Override
    public void freeActivations() {
        slices.forEach(Pass::freeActivations);
    }

    @Override
    public void close() {
        slices.forEach(Pass::close);
    }
}
