package io.tta4j.sar;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Objects;

/** A {@link LinearModel} of images: what it reads is a fixed projection of their pixels. */
public final class ImageModel implements AdaptableModel {

    private static final String INPUT = "image";

    private final LinearModel linear;
    private final Matrix projection;
    private final int side;

    private ImageModel(LinearModel linear, Matrix projection, int side) {
        this.linear = linear;
        this.projection = projection;
        this.side = side;
    }

    /**
     * A model of square images of one channel.
     *
     * @param projection shape [C, side * side]
     */
    public static ImageModel of(LinearModel linear, Matrix projection) {
        return new ImageModel(linear, projection, (int) Math.round(Math.sqrt(projection.columns())));
    }

    /** A batch of images: pixels row by row, image by image. */
    public Batch batch(float... pixels) {
        return Batch.of(INPUT, Tensor.of(pixels, pixels.length / (side * side), 1, side, side));
    }

    private Batch projected(Batch images) {
        Tensor tensor = Objects.requireNonNull(images.inputs().get(INPUT));
        float[] pixels = new float[tensor.rows() * projection.columns()];
        tensor.floats().get(pixels);
        Matrix logits = Matrix.of(tensor.rows(), projection.columns(), pixels).times(projection.transposed());
        return Batch.of("x", Tensor.of(logits.toArray(), logits.rows(), logits.columns()));
    }

    @Override
    public List<InputSpec> inputs() {
        return List.of(new InputSpec(INPUT, ElementType.FLOAT32, List.of(InputSpec.ANY, 1L, (long) side, (long) side)));
    }

    @Override
    public int classes() {
        return linear.classes();
    }

    @Override
    public AffineLayout layout() {
        return linear.layout();
    }

    @Override
    public Vector source() {
        return linear.source();
    }

    @Override
    public boolean samplesIndependent() {
        return linear.samplesIndependent();
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        return new ImagePass(batch, linear.forward(projected(batch), theta));
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        return forward(batch, theta);
    }

    @Override
    public void close() {}

    private static final class ImagePass extends PassView {

        private final Batch batch;

        ImagePass(Batch batch, Pass pass) {
            super(pass);
            this.batch = batch;
        }

        @Override
        public Batch batch() {
            return batch;
        }

        @Override
        public Pass repeat(Vector theta, int... rows) {
            return new ImagePass(batch.select(rows), super.repeat(theta, rows));
        }
    }
}
