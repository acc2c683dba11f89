package io.tta4j.csfa;

import io.tta4j.csfa.Known.Supported;
import io.tta4j.csfa.prototype.Calibration;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Base classes without source data. Their prototypes are the classifier's weight rows, less what all rows have in
 * common, which no softmax sees; they are compared with features less the stream's running mean, where rows and means
 * of features lie alike (they are the same up to scale in a network trained to the end: Papyan, Han and Donoho,
 * "Prevalence of Neural Collapse", PNAS 2020).
 *
 * <p>The mean of n samples is off by about their spread over the root of n, and what is centred on it by as much of its
 * own length. Cosines differ by {@code 1 / sqrt(n)} for no other reason, so a new class's must be above the base
 * classes' by that: the first batch is left to the classifier, and new classes come in as the stream becomes known.
 *
 * <p>How unknown a sample looks is the energy of the classifier (Liu et al., NeurIPS 2020), less tau times what its
 * cosine to a registered class is above that to any base class.
 */
final class StreamClasses implements BaseClasses {

    /** Two cosines cannot differ by more. */
    private static final double LARGEST_DIFFERENCE = 2;

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
        Matrix directions = weights.minusRow(weights.meanRow()).unitRows();
        return Known.of(names, directions.transposed(), Vector.of(ones), stream).into(state);
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
        Vector middle = supportsFromStream ? origin : origin(known);
        return new Supported(prototype(mean.minus(middle), known.baseRows()), mean, middle, count, 1);
    }

    private Vector prototype(Vector centred, Matrix baseRows) {
        return SourceClasses.unit(calibration.calibrate(SourceClasses.unit(centred), baseRows));
    }

    @Override
    public double originError(Known known) {
        return centredOnStream ? Math.min(1 / Math.sqrt(known.stream().count()), LARGEST_DIFFERENCE) : 0;
    }

    @Override
    public Vector unknown(Known known, Matrix projections, Matrix cosines, Matrix logits) {
        float[] unknown = new float[logits.rows()];
        double[] scores = new double[logits.columns()];
        double error = originError(known);
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
            double nearer = Math.max(0, registered - error - base);
            unknown[row] = (float) -(SourceClasses.logSumExp(scores) + calibration.tau() * nearer);
        }
        return Vector.of(unknown);
    }

    /** Nobody knows the source's mean: the stream's, as it becomes known, is what there is to take off supports. */
    @Override
    public Known recentred(Known known) {
        if (!centredOnStream || supportsFromStream) {
            return known;
        }
        Matrix centred = known.supportMeans().minusRow(known.stream().mean());
        Matrix baseRows = known.baseRows();
        float[] rows = new float[centred.rows() * centred.columns()];
        for (int i = 0; i < centred.rows(); i++) {
            float[] prototype = prototype(Vector.of(centred.row(i)), baseRows).toArray();
            System.arraycopy(prototype, 0, rows, i * prototype.length, prototype.length);
        }
        return known.withRegistered(
                Matrix.of(centred.rows(), centred.columns(), rows).transposed());
    }
}
