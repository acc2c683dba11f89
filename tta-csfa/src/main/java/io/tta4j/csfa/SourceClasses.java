package io.tta4j.csfa;

import io.tta4j.csfa.Known.Supported;
import io.tta4j.csfa.prototype.Calibration;
import io.tta4j.csfa.prototype.FeatureSpace;
import io.tta4j.csfa.prototype.SourcePrototypes;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.Optional;

/**
 * Base classes as they lie in labelled source data.
 *
 * <p>In the whitened space, samples of class b spread evenly around its mean m_b, and those of all classes around 0
 * too, if more widely. How unknown a sample x looks is minus the log of how much likelier it is under the base classes
 * together than under that common spread: {@code -log sum_b exp(x m_b - |m_b|^2 / 2)}. It is the energy (Liu et al.,
 * NeurIPS 2020) of the linear discriminant, and a relative Mahalanobis distance (Ren et al., 2021) that counts all
 * classes instead of the nearest.
 */
final class SourceClasses implements BaseClasses {

    private final SourcePrototypes prototypes;
    private final FeatureSpace space;
    private final Calibration calibration;
    private final boolean centredOnStream;
    private final Matrix meanColumns;
    private final Vector halfSquares;

    SourceClasses(SourcePrototypes prototypes, CsfaConfig config) {
        this.prototypes = prototypes;
        this.space = prototypes.space(config.shrinkage());
        this.calibration = config.calibration();
        this.centredOnStream = config.centring() == CsfaConfig.Centring.STREAM;
        Matrix means = space.place(prototypes.means(), space.origin());
        this.meanColumns = means.transposed();
        float[] halves = new float[means.rows()];
        for (int c = 0; c < halves.length; c++) {
            Vector mean = Vector.of(means.row(c));
            halves[c] = (float) (mean.dot(mean) / 2);
        }
        this.halfSquares = Vector.of(halves);
    }

    @Override
    public State begin(AdaptableModel model, State state) {
        int classes = prototypes.classes().size();
        if (classes != model.classes()) {
            throw new IllegalArgumentException(
                    "csfa.prototypes must be of the model's %d classes, but are of %d; make them again with ./tta prototypes"
                            .formatted(model.classes(), classes));
        }
        Matrix units = meanColumns.transposed().unitRows().transposed();
        return Known.of(prototypes.classes(), units, StreamMoments.at(space.origin()))
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
        Vector unit =
                space.place(mean.asMatrix(1, mean.size()), origin).unitRows().asVector();
        return new Supported(unit(calibration.calibrate(unit, known.baseRows())), mean, origin, count);
    }

    static Vector unit(Vector vector) {
        return vector.asMatrix(1, vector.size()).unitRows().asVector();
    }

    @Override
    public Vector unknown(Matrix placed, Matrix logits) {
        return energy(placed.times(meanColumns), halfSquares);
    }

    /** {@code -log sum_c exp(s_c - h_c)} of each row of scores. */
    static Vector energy(Matrix scores, Vector less) {
        float[] energies = new float[scores.rows()];
        for (int row = 0; row < energies.length; row++) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < scores.columns(); c++) {
                largest = Math.max(largest, scores.get(row, c) - less.get(c));
            }
            double sum = 0;
            for (int c = 0; c < scores.columns(); c++) {
                sum += Math.exp(scores.get(row, c) - less.get(c) - largest);
            }
            energies[row] = (float) -(largest + Math.log(sum));
        }
        return Vector.of(energies);
    }

    @Override
    public State learn(State state, Matrix features, Matrix logits, double margin) {
        return state;
    }
}
