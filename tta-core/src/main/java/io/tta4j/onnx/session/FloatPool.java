package io.tta4j.onnx.session;

import ai.onnxruntime.OnnxTensor;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Direct buffers to pass floats to a run, lent to one run at a time, so that no step leaves native memory to the
 * garbage collector.
 */
public final class FloatPool {

    private final Deque<FloatBuffer> free = new ArrayDeque<>();

    /** Lends a native tensor that holds a copy of the values; closing it gives the memory back. */
    public Lent lend(float[] values, long... shape) {
        FloatBuffer buffer = take(values.length);
        buffer.clear().limit(values.length);
        buffer.put(values).flip();
        return new Lent(buffer, NativeTensors.view(buffer.slice(), shape));
    }

    private synchronized FloatBuffer take(int elements) {
        FloatBuffer last = free.pollLast();
        return last != null && last.capacity() >= elements ? last : NativeTensors.direct(elements);
    }

    private synchronized void giveBack(FloatBuffer buffer) {
        free.addLast(buffer);
    }

    /** A native tensor on loan. */
    public final class Lent implements AutoCloseable {

        private final FloatBuffer buffer;
        private final OnnxTensor tensor;

        private Lent(FloatBuffer buffer, OnnxTensor tensor) {
            this.buffer = buffer;
            this.tensor = tensor;
        }

        public OnnxTensor tensor() {
            return tensor;
        }

        @Override
        public void close() {
            tensor.close();
            giveBack(buffer);
        }
    }
}
