package io.tta4j;

import io.tta4j.guard.Ruling;
import io.tta4j.method.Answer;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import java.util.Optional;

/**
 * What came of looking at a batch.
 *
 * @param state to be published; after a fault as much of it as stands
 * @param report what was done
 * @param answer of the pass before the step; empty where none was asked for, or none came about
 * @param fault why there was no step, if there should have been one
 * @param heldBy which guard left the batch out; empty if none did
 * @param ruling what the guards said of the step; empty where none was judged
 * @param meanEntropy of the batch's predictions before the step, in nats; NaN where nobody asks
 * @param forwardNanos what the forward passes before the step took
 * @param account to be settled once the state is published
 */
record Lesson(
        State state,
        StepReport report,
        Optional<Answer> answer,
        Optional<Fault> fault,
        String heldBy,
        Optional<Ruling> ruling,
        double meanEntropy,
        long forwardNanos,
        Account account) {

    /** Nothing was learned. */
    static Lesson none(State state, int rows, Fault fault, Account account) {
        return unjudged(
                state, StepReport.skipped(rows, 0), Optional.empty(), Optional.of(fault), Double.NaN, 0, account);
    }

    /** There was nothing to judge: no step, or one that failed. */
    static Lesson unjudged(
            State state,
            StepReport report,
            Optional<Answer> answer,
            Optional<Fault> fault,
            double meanEntropy,
            long forwardNanos,
            Account account) {
        return new Lesson(state, report, answer, fault, "", Optional.empty(), meanEntropy, forwardNanos, account);
    }
}
