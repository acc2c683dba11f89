package io.tta4j.onnx.session;

import ai.onnxruntime.OnnxTensor;
import io.tta4j.model.Vector;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A few native tensors for theta, lent to one run at a time.
 *
 * <p>A tensor remembers which vector it holds, so serving the same state again copies nothing; and states themselves
 * own no native memory, which leaves nothing to free when one is forgotten.
 */
public final class ThetaPool implements AutoCloseable {

    private final int size;
    private final Deque<Lent> free = new ArrayDeque<>();

    public ThetaPool(int size) {
        this.size = size;
    }

    /** Lends a tensor that holds theta; closing it gives it back. */
    public Lent lend(Vector theta) {
        if (theta.size() != size) {
            throw new IllegalArgumentException("theta must have " + size + " values, but had " + theta.size());
        }
        Lent lent = take(theta);
        lent.load(theta);
        return lent;
    }

    private synchronized Lent take(Vector theta) {
        for (Iterator<Lent> candidates = free.iterator(); candidates.hasNext(); ) {
            Lent candidate = candidates.next();
            if (theta.equals(candidate.loaded)) {
                candidates.remove();
                return candidate;
            }
        }
        return free.isEmpty() ? new Lent() : free.removeLast();
    }

    private synchronized void giveBack(Lent lent) {
        free.addFirst(lent);
    }

    /** Frees the tensors; none may be lent. */
    @Override
    public synchronized void close() {
        free.forEach(lent -> lent.tensor.close());
        free.clear();
    }

    /** A native tensor on loan. */
    public final class Lent implements AutoCloseable {

        private final FloatBuffer buffer = NativeTensors.direct(size);
        private final OnnxTensor tensor = NativeTensors.view(buffer, size);
        private @Nullable Vector loaded;

        private Lent() {}

        private void load(Vector theta) {
            if (!theta.equals(loaded)) {
                theta.copyTo(buffer.rewind());
                loaded = theta;
            }
        }

        public OnnxTensor tensor() {
            return tensor;
        }

        @Override
        public void close() {
            giveBack(this);
        }
    }
}
