package io.tta4j.csfa;

import io.tta4j.csfa.Known.Supported;
import io.tta4j.csfa.prototype.Calibration;
import io.tta4j.csfa.prototype.FeatureSpace;
import io.tta4j.csfa.prototype.SourcePrototypes;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Base classes as they lie in labelled source data.
 *
 * <p>In the whitened space, samples of class c spread evenly around its mean, r_c p_c with p_c its prototype, and those
 * of all classes around 0 too, if more widely. How unknown a sample x looks is minus the log of how much likelier it is
 * under the classes together than under that common spread: {@code -log sum_c exp(r_c x p_c - r_c^2 / 2)}. It is the
 * energy (Liu et al., NeurIPS 2020) of the linear discriminant, and a relative Mahalanobis distance (Ren et al., 2021)
 * that counts all classes instead of the nearest. The mean of K samples lies further out than its class by their spread
 * over K, which is taken off a registered class's r.
 */
final class SourceClasses implements BaseClasses {

    /** A registered class lies no nearer to the middle than this share of the base classes' mean distance. */
    private static final double SMALLEST = 0.25;

    private final SourcePrototypes prototypes;
    private final FeatureSpace space;
    private final Calibration calibration;
    private final boolean centredOnStream;
    private final Matrix units;
    private final Vector radii;
    private final double spread;
    private final double leastRadius;

    SourceClasses(SourcePrototypes prototypes, CsfaConfig config) {
        this.prototypes = prototypes;
        this.space = prototypes.space(config.shrinkage());
        this.calibration = config.calibration();
        this.centredOnStream = config.centring() == CsfaConfig.Centring.STREAM;
        Matrix means = space.place(prototypes.means(), space.origin());
        this.units = means.unitRows().transposed();
        this.radii = means.norms();
        this.leastRadius = SMALLEST
                * IntStream.range(0, radii.size())
                        .mapToDouble(radii::get)
                        .average()
                        .orElse(0);
        this.spread = space.spread(prototypes.covariance());
    }

    @Override
    public State begin(AdaptableModel model, State state) {
        int classes = prototypes.classes().size();
        if (classes != model.classes()) {
            throw new IllegalArgumentException(
                    "csfa.prototypes must be of the model's %d classes, but are of %d; make them again with ./tta prototypes"
                            .formatted(model.classes(), classes));
        }
        return Known.of(prototypes.classes(), units, radii, StreamMoments.at(space.origin()))
                .into(state);
    }

    @Override
    public Optional<Integer> width() {
        return Optional.of(prototypes.width());
    }

    @Override
    public Matrix place(Matrix features, StreamMoments stream) {
        return space.place(features, centredOnStream ? stream.mean() : space.origin());
    }

    @Override
    public Vector origin(Known known) {
        return space.origin();
    }

    @Override
    public Supported support(Known known, Vector mean, Vector origin, int count) {
        Vector placed = space.place(mean.asMatrix(1, mean.size()), origin).asVector();
        Vector prototype = unit(calibration.calibrate(unit(placed), known.baseRows()));
        double along = Math.max(0, placed.dot(placed) - spread / count);
        double radius = Math.max(Math.sqrt(along), leastRadius);
        return new Supported(prototype, mean, origin, count, (float) radius);
    }

    static Vector unit(Vector vector) {
        return vector.asMatrix(1, vector.size()).unitRows().asVector();
    }

    @Override
    public Vector unknown(Known known, Matrix projections, Matrix cosines, Matrix logits) {
        float[] unknown = new float[projections.rows()];
        double[] scores = new double[projections.columns()];
        for (int row = 0; row < unknown.length; row++) {
            for (int c = 0; c < scores.length; c++) {
                double radius = known.radii().get(c);
                scores[c] = radius * (projections.get(row, c) - radius / 2);
            }
            unknown[row] = (float) -logSumExp(scores);
        }
        return Vector.of(unknown);
    }

    static double logSumExp(double... scores) {
        double largest = Arrays.stream(scores).max().orElse(Double.NEGATIVE_INFINITY);
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score - largest);
        }
        return largest + Math.log(sum);
    }

    /** The stream's mean begins as the source's, which is known. */
    @Override
    public double originError(Known known) {
        return 0;
    }

    /** Supports are like the source's data, whose mean stays. */
    @Override
    public Known recentred(Known known) {
        return known;
    }
}
