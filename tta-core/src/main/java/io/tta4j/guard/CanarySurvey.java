package io.tta4j.guard;

import io.tta4j.method.SourceSurvey;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes the file of a {@link Canary} from source data without labels, under the name {@code canary}: all it is shown.
 */
public final class CanarySurvey implements SourceSurvey {

    @Override
    public String name() {
        return "canary";
    }

    @Override
    public boolean wantsLabels() {
        return false;
    }

    @Override
    public Findings begin(AdaptableModel model, List<String> classes) {
        return new Samples();
    }

    /** Copies what comes by: a batch's memory is its reader's. */
    private static final class Samples implements Findings {

        private final List<Batch> batches = new ArrayList<>();

        @Override
        public void add(Pass pass, int... labels) {
            batches.add(pass.batch().select(IntStream.range(0, pass.rows()).toArray()));
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            Canary.answeredBySource(Batch.concatenate(batches)).write(out);
        }
    }
}
