package io.tta4j.slice;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ModelView;
import io.tta4j.model.Moments;
import io.tta4j.model.Observation;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A model whose runs are cut into slices of rows, each of which goes through a turnstile: native runs cannot be
 * interrupted, but between two of them requests can go first.
 *
 * <p>Gradients over slices add. Where samples interact there is one slice, the whole batch. Moments that move do so
 * slice after slice. For one thread at a time; the model is the caller's.
 */
public final class SlicedModel extends ModelView {

    private final int rowsPerSlice;
    private final Turnstile turnstile;

    /**
     * A view of a model.
     *
     * @param rowsPerSlice at most, at least 1
     */
    public SlicedModel(AdaptableModel model, int rowsPerSlice, Turnstile turnstile) {
        super(model);
        this.rowsPerSlice = model.samplesIndependent() ? rowsPerSlice : Integer.MAX_VALUE;
        this.turnstile = turnstile;
    }

    @Override
    public AdaptableModel withStatistics(Statistics statistics) {
        return new SlicedModel(model().withStatistics(statistics), rowsPerSlice, turnstile);
    }

    @Override
    public AdaptableModel withMoments(Moments moments) {
        return new SlicedModel(model().withMoments(moments), rowsPerSlice, turnstile);
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        return over(batch, slice -> model().forward(slice, theta));
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        return over(batch, slice -> model().serve(slice, theta));
    }

    @FunctionalInterface
    private interface Run {
        Pass over(Batch slice);
    }

    private Pass over(Batch batch, Run run) {
        List<Pass> passes = new ArrayList<>();
        try {
            for (Batch slice : slices(batch)) {
                passes.add(turnstile.pass(slice.rows(), () -> run.over(slice)));
            }
            return new SlicedPass(() -> batch, passes, rowsPerSlice, turnstile);
        } catch (RuntimeException | Error e) {
            passes.forEach(Pass::close);
            throw e;
        }
    }

    private List<Batch> slices(Batch batch) {
        if (batch.rows() <= rowsPerSlice) {
            return List.of(batch);
        }
        List<Batch> slices = new ArrayList<>();
        for (int from = 0; from < batch.rows(); from += rowsPerSlice) {
            slices.add(batch.slice(from, Math.min(from + rowsPerSlice, batch.rows())));
        }
        return slices;
    }

    @Override
    public Observation observe(Batch batch, Vector theta, Moments moments, Vector rates) {
        List<Pass> passes = new ArrayList<>();
        Moments now = moments;
        try {
            for (Batch slice : slices(batch)) {
                Moments from = now;
                Observation observation =
                        turnstile.pass(slice.rows(), () -> model().observe(slice, theta, from, rates));
                passes.add(observation.pass());
                now = observation.moments();
            }
            Supplier<Batch> whole = () -> batch;
            return new Observation(new SlicedPass(whole, passes, rowsPerSlice, turnstile), now);
        } catch (RuntimeException | Error e) {
            passes.forEach(Pass::close);
            throw e;
        }
    }
}
