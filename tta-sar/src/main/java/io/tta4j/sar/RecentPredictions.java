package io.tta4j.sar;

import io.tta4j.method.State;
import io.tta4j.model.Pass;
import io.tta4j.sar.filter.PredictionAverage;
import io.tta4j.sar.filter.Redundancy;
import io.tta4j.sar.filter.SampleFilter;
import java.util.Optional;

/**
 * What was predicted of late for the samples that were learned from, and so which are redundant now (EATA, Niu et al.,
 * ICML 2022, equations 4 and 5). The average moves as much for the same samples, in however many batches they come.
 *
 * @param average empty before the first step
 * @param limit epsilon; above 1 nothing is redundant, and no average is kept
 */
record RecentPredictions(Optional<PredictionAverage> average, double limit) {

    static RecentPredictions in(State state, double limit) {
        return new RecentPredictions(limit > 1 ? Optional.empty() : PredictionAverage.in(state), limit);
    }

    /** Those that are not redundant. */
    SampleFilter newOnes() {
        return average.<SampleFilter>map(q -> new Redundancy(q, limit)).orElse(SampleFilter.all());
    }

    /**
     * The state after a step.
     *
     * @param pass that the step was made with
     * @param rows of it that were learned from, at least one
     */
    State after(State stepped, Pass pass, int... rows) {
        if (limit > 1) {
            return stepped;
        }
        PredictionAverage batch = PredictionAverage.of(pass.logits(), rows);
        double kept = SarRecipe.over(pass.rows(), PredictionAverage.DECAY);
        return average.map(q -> q.then(batch, kept)).orElse(batch).into(stepped);
    }
}
