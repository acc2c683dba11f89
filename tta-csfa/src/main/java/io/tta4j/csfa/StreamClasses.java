package io.tta4j.csfa;

import io.tta4j.csfa.Known.Supported;
import io.tta4j.csfa.prototype.Calibration;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import io.tta4j.sar.objective.SoftmaxEntropy;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Base classes without source data. Their prototypes begin as the classifier's weight rows, and become means of the
 * stream's reliable samples, less the running mean of all features, once there are {@value #FEWEST} of a class. (Rows
 * are no means: compared with cosines as they are, they would leave too much to the new classes.) How unknown a sample
 * looks is the energy of the classifier (Liu et al., NeurIPS 2020), less tau times what its cosine to a registered
 * class is above that to any base class.
 */
final class StreamClasses implements BaseClasses {

    private static final int FEWEST = 8;

    private static final String SUMS = "base.sums";
    private static final String COUNTS = "base.counts";

    private final Calibration calibration;
    private final boolean centredOnStream;
    private final boolean supportsFromStream;

    StreamClasses(CsfaConfig config) {
        this.calibration = config.calibration();
        this.centredOnStream = config.centring() == CsfaConfig.Centring.STREAM;
        this.supportsFromStream = config.supports() == CsfaConfig.Supports.STREAM;
    }

    @Override
    public State begin(AdaptableModel model, State state) {
        Matrix weights = model.classifierWeights()
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "csfa.prototypes must be given for a model whose classifier is no plain product of its features; make them with ./tta prototypes"));
        List<String> names =
                IntStream.range(0, weights.rows()).mapToObj(Integer::toString).toList();
        StreamMoments stream = new StreamMoments(Vector.zeros(weights.columns()), 0, 0, 0, 0);
        float[] ones = new float[weights.rows()];
        Arrays.fill(ones, 1);
        return Known.of(names, weights.unitRows().transposed(), Vector.of(ones), stream)
                .into(state)
                .with(SUMS, Vector.zeros(weights.rows() * weights.columns()))
                .with(COUNTS, Vector.zeros(weights.rows()));
    }

    @Override
    public Optional<Integer> width() {
        return Optional.empty();
    }

    @Override
    public Matrix place(Matrix features, StreamMoments stream) {
        return centredOnStream ? features.minusRow(stream.mean()) : features;
    }

    @Override
    public Vector origin(Known known) {
        return centredOnStream ? known.stream().mean() : Vector.zeros(known.width());
    }

    @Override
    public Supported support(Known known, Vector mean, Vector origin, int count) {
        Vector unit = SourceClasses.unit(mean.minus(origin));
        Vector prototype = SourceClasses.unit(calibration.calibrate(unit, known.baseRows()));
        return new Supported(prototype, mean, origin, count, 1);
    }

    @Override
    public Vector unknown(Known known, Matrix projections, Matrix cosines, Matrix logits) {
        float[] unknown = new float[logits.rows()];
        double[] scores = new double[logits.columns()];
        for (int row = 0; row < unknown.length; row++) {
            double base = Double.NEGATIVE_INFINITY;
            double registered = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < cosines.columns(); c++) {
                if (c < scores.length) {
                    scores[c] = logits.get(row, c);
                    base = Math.max(base, cosines.get(row, c));
                } else {
                    registered = Math.max(registered, cosines.get(row, c));
                }
            }
            double nearer = Math.max(0, registered - base);
            unknown[row] = (float) -(SourceClasses.logSumExp(scores) + calibration.tau() * nearer);
        }
        return Vector.of(unknown);
    }

    @Override
    public State learn(State state, Matrix features, Matrix logits, double margin) {
        Known known = Known.in(state);
        int width = known.width();
        float[] sums = state.vector(SUMS, Vector.of()).toArray();
        float[] counts = state.vector(COUNTS, Vector.of()).toArray();
        for (int row = 0; row < features.rows(); row++) {
            if (SoftmaxEntropy.INSTANCE.loss(logits.row(row)) < margin) {
                int c = logits.argmax(row);
                counts[c]++;
                for (int i = 0; i < width; i++) {
                    sums[c * width + i] += features.get(row, i);
                }
                if (counts[c] > StreamMoments.MEMORY) {
                    forgetSome(sums, counts, c, width);
                }
            }
        }
        State learned = state.with(SUMS, Vector.of(sums)).with(COUNTS, Vector.of(counts));
        Known based = known.withBase(columns(known, sums, counts));
        boolean recentred = centredOnStream && !supportsFromStream;
        return (recentred ? recentred(based) : based).into(learned);
    }

    /** Nobody knows the source's mean: the stream's, as it becomes known, is what there is to take off supports. */
    private Known recentred(Known known) {
        float[] rows = new float[known.registered().size() * known.width()];
        for (int i = 0; i < known.registered().size(); i++) {
            Supported before = known.supported(i);
            float[] prototype = support(known, before.mean(), known.stream().mean(), before.count())
                    .prototype()
                    .toArray();
            System.arraycopy(prototype, 0, rows, i * prototype.length, prototype.length);
        }
        return known.withRegistered(
                Matrix.of(known.registered().size(), known.width(), rows).transposed());
    }

    /** Halves what was gathered of a class, so that it follows a drift. */
    private static void forgetSome(float[] sums, float[] counts, int c, int width) {
        counts[c] /= 2;
        for (int i = 0; i < width; i++) {
            sums[c * width + i] /= 2;
        }
    }

    private Matrix columns(Known known, float[] sums, float[] counts) {
        Vector mean = known.stream().mean();
        int width = known.width();
        float[] rows = known.baseRows().toArray();
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] >= FEWEST) {
                for (int i = 0; i < width; i++) {
                    rows[c * width + i] = sums[c * width + i] / counts[c] - (centredOnStream ? mean.get(i) : 0);
                }
            }
        }
        return Matrix.of(counts.length, width, rows).unitRows().transposed();
    }
}
