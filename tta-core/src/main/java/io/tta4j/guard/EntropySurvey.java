package io.tta4j.guard;

import io.tta4j.method.SourceSurvey;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** Makes the file of {@link SourceEntropies} from source data without labels, under the name {@code entropies}. */
public final class EntropySurvey implements SourceSurvey {

    @Override
    public String name() {
        return "entropies";
    }

    @Override
    public boolean wantsLabels() {
        return false;
    }

    @Override
    public Findings begin(AdaptableModel model, List<String> classes) {
        return new Entropies(model.classes());
    }

    /** Keeps two numbers a sample. */
    private static final class Entropies implements Findings {

        private final int classes;
        private final List<float[]> predicted = new ArrayList<>();
        private final List<float[]> entropies = new ArrayList<>();

        Entropies(int classes) {
            this.classes = classes;
        }

        @Override
        public void add(Pass pass, int... labels) {
            Matrix logits = pass.logits();
            if (!logits.isFinite()) {
                throw new IllegalArgumentException("the model's logits must be finite on source data, but were not");
            }
            Predictions predictions = Predictions.of(logits);
            predicted.add(predictions.classes());
            entropies.add(predictions.entropies());
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            SourceEntropies.of(
                            classes,
                            Vector.concatenate(predicted).toArray(),
                            Vector.concatenate(entropies).toArray())
                    .write(out);
        }
    }
}
