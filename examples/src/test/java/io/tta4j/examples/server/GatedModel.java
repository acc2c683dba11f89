package io.tta4j.examples.server;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A model whose passes wait at a gate until it is opened. */
final class GatedModel implements AdaptableModel {

    private final AdaptableModel model;

    /** A permit for each pass that has come to the gate. */
    final Semaphore arrived = new Semaphore(0);

    /** Counted down, it is open for good. */
    final CountDownLatch gate = new CountDownLatch(1);

    /** What passes fail with. */
    volatile @Nullable Error failure;

    /** Whether it was closed. */
    volatile boolean closed;

    GatedModel(AdaptableModel model) {
        this.model = model;
    }

    private void pass() {
        arrived.release();
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        Error thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        pass();
        return model.forward(batch, theta);
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        pass();
        return model.serve(batch, theta);
    }

    @Override
    public List<InputSpec> inputs() {
        return model.inputs();
    }

    @Override
    public int classes() {
        return model.classes();
    }

    @Override
    public AffineLayout layout() {
        return model.layout();
    }

    @Override
    public Vector source() {
        return model.source();
    }

    @Override
    public boolean samplesIndependent() {
        return model.samplesIndependent();
    }

    @Override
    public void close() {
        closed = true;
        model.close();
    }
}
