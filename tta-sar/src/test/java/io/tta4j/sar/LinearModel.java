package io.tta4j.sar;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.NormKind;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A model that is linear in theta, so that its pullback is exact: {@code logit[i][k] = x[i][k] * sum_l w[l][k] + sum_l
 * b[l][k]} over layers l, each with C scales w and C shifts b. The scales of the source sum to 1 and the shifts are 0:
 * its logits are its inputs. With {@code samplesIndependent} false, x is first centred over the rows of the pass.
 */
public final class LinearModel implements AdaptableModel {

    /** Passes made and not closed. */
    public final AtomicInteger open = new AtomicInteger();

    /** The rows of every pass that {@link Pass#repeat} made. */
    public final List<Integer> repeatedRows = new ArrayList<>();

    /** How often per-sample gradients were asked for. */
    public final AtomicInteger samplePullbacks = new AtomicInteger();

    private final int classes;
    private final boolean samplesIndependent;
    private final AffineLayout layout;
    private final Vector source;

    private LinearModel(int classes, boolean samplesIndependent, String... layers) {
        this.classes = classes;
        this.samplesIndependent = samplesIndependent;
        List<NormLayer> normLayers = new ArrayList<>();
        float[] theta = new float[2 * classes * layers.length];
        for (int l = 0; l < layers.length; l++) {
            int offset = 2 * classes * l;
            normLayers.add(new NormLayer(layers[l], NormKind.LAYER, classes, offset, OptionalInt.of(offset + classes)));
            for (int k = 0; k < classes; k++) {
                theta[offset + k] = 1f / layers.length;
            }
        }
        this.layout = new AffineLayout(normLayers, theta.length);
        this.source = Vector.of(theta);
    }

    public static LinearModel of(int classes, String... layers) {
        return new LinearModel(classes, true, layers);
    }

    public static LinearModel withInteractingSamples(int classes, String... layers) {
        return new LinearModel(classes, false, layers);
    }

    /** A batch whose logits at the source are these. */
    public static Batch batch(float[]... logits) {
        int columns = logits[0].length;
        float[] values = new float[logits.length * columns];
        for (int row = 0; row < logits.length; row++) {
            System.arraycopy(logits[row], 0, values, row * columns, columns);
        }
        return Batch.of("x", Tensor.of(values, logits.length, columns));
    }

    @Override
    public List<InputSpec> inputs() {
        return List.of(new InputSpec("x", ElementType.FLOAT32, List.of(InputSpec.ANY, (long) classes)));
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public AffineLayout layout() {
        return layout;
    }

    @Override
    public Vector source() {
        return source;
    }

    @Override
    public boolean samplesIndependent() {
        return samplesIndependent;
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        Tensor tensor = batch.inputs().get("x");
        if (tensor == null) {
            throw new IllegalArgumentException("a batch must have an input 'x', but had " + batch);
        }
        float[] x = new float[tensor.rows() * classes];
        tensor.floats().get(x);
        return new LinearPass(batch, Matrix.of(tensor.rows(), classes, x), theta);
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        return forward(batch, theta);
    }

    @Override
    public void close() {}

    private final class LinearPass implements Pass {

        private final Batch batch;
        private final Matrix raw;
        private final Matrix x;
        private final Matrix logits;
        private boolean closed;

        LinearPass(Batch batch, Matrix raw, Vector theta) {
            this.batch = batch;
            this.raw = raw;
            this.x = samplesIndependent ? raw : centred(raw);
            float[] values = new float[raw.rows() * classes];
            for (int i = 0; i < values.length; i++) {
                int k = i % classes;
                float scale = 0;
                float shift = 0;
                for (NormLayer layer : layout.layers()) {
                    scale += theta.get(layer.weightOffset() + k);
                    shift += theta.get(layer.biasOffset().orElseThrow() + k);
                }
                values[i] = x.get(i / classes, k) * scale + shift;
            }
            this.logits = Matrix.of(raw.rows(), classes, values);
            open.incrementAndGet();
        }

        private static Matrix centred(Matrix matrix) {
            float[] values = matrix.toArray();
            for (int i = 0; i < values.length; i++) {
                int k = i % matrix.columns();
                values[i] -= (float) IntStream.range(0, matrix.rows())
                        .mapToDouble(row -> matrix.get(row, k))
                        .average()
                        .orElseThrow();
            }
            return Matrix.of(matrix.rows(), matrix.columns(), values);
        }

        @Override
        public Batch batch() {
            return batch;
        }

        @Override
        public int rows() {
            return raw.rows();
        }

        @Override
        public Matrix logits() {
            return logits;
        }

        @Override
        public Vector pullback(Matrix seed) {
            requireOpen();
            Vector sum = Vector.zeros(layout.size());
            for (int row = 0; row < rows(); row++) {
                if (!isZero(seed.row(row))) {
                    sum = sum.plus(Vector.of(gradient(seed, row)));
                }
            }
            return sum;
        }

        @Override
        public Matrix samplePullback(Matrix seed) {
            requireOpen();
            if (!samplesIndependent) {
                throw new IllegalStateException("samples are not independent");
            }
            samplePullbacks.incrementAndGet();
            float[] gradients = new float[rows() * layout.size()];
            for (int row = 0; row < rows(); row++) {
                System.arraycopy(gradient(seed, row), 0, gradients, row * layout.size(), layout.size());
            }
            return Matrix.of(rows(), layout.size(), gradients);
        }

        private float[] gradient(Matrix seed, int row) {
            float[] gradient = new float[layout.size()];
            for (NormLayer layer : layout.layers()) {
                for (int k = 0; k < classes; k++) {
                    gradient[layer.weightOffset() + k] = seed.get(row, k) * x.get(row, k);
                    gradient[layer.biasOffset().orElseThrow() + k] = seed.get(row, k);
                }
            }
            return gradient;
        }

        private static boolean isZero(float[] values) {
            for (float value : values) {
                if (value != 0) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public Pass repeat(Vector theta, int... rows) {
            repeatedRows.add(rows.length);
            return new LinearPass(batch.select(rows), raw.select(rows), theta);
        }

        @Override
        public void freeActivations() {
            // A pass of this model keeps nothing else than its inputs.
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
        }

        private void requireOpen() {
            if (closed) {
                throw new IllegalStateException("the pass is closed");
            }
        }
    }
}
