package io.tta4j.sar.fisher;

import io.tta4j.method.SourceSurvey;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.objective.PseudoLabelCrossEntropy;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes the Fisher information of {@link io.tta4j.sar.Eata} from source data, under the name {@code fisher}: the mean
 * over batches of the squared gradient of the batch's mean cross-entropy to the model's own predictions (the authors'
 * code, with batches of 64 and 2,000 images). It wants no labels. It goes down with the size of the batches, as
 * {@code eata.fisherWeight} must go up.
 */
public final class FisherSurvey implements SourceSurvey {

    @Override
    public String name() {
        return "fisher";
    }

    @Override
    public boolean wantsLabels() {
        return false;
    }

    @Override
    public boolean pullsBack() {
        return true;
    }

    @Override
    public Findings begin(AdaptableModel model, List<String> classes) {
        double[] sum = new double[model.layout().size()];
        return new Findings() {

            private int batches;

            @Override
            public void add(Pass pass, int... labels) {
                int[] rows = IntStream.range(0, pass.rows()).toArray();
                Vector gradient =
                        pass.pullback(PseudoLabelCrossEntropy.INSTANCE.seed(pass.logits(), 1.0 / rows.length, rows));
                if (!gradient.isFinite()) {
                    throw new IllegalArgumentException(
                            "gradients over source data must be finite, but in batch %d some were not"
                                    .formatted(batches + 1));
                }
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += (double) gradient.get(i) * gradient.get(i);
                }
                batches++;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                if (batches == 0) {
                    throw new IllegalArgumentException("source data must have at least one batch, but had none");
                }
                float[] mean = new float[sum.length];
                for (int i = 0; i < mean.length; i++) {
                    mean[i] = (float) (sum[i] / batches);
                }
                Fisher.of(model.layout(), Vector.of(mean)).write(out);
            }
        };
    }
}
