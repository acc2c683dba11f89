package io.tta4j.guard;

import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;

/**
 * Asks the canary set so many batches after a step that it was not asked about yet: while steps are taken, after every
 * so many, and once more when they have stopped. Where batch norm's statistics move with the stream, every batch is
 * such a step. Where it is answered worse than by the source or by the last good state, by more than is allowed, the
 * state goes back to that one; else this is the last good state from then on. The first is the one before the first
 * step, on the statistics that the model was trained with.
 *
 * <p>The last good state is part of the state, so that a stream takes that much more memory. What users have told the
 * method since, such as classes, is not to be lost: then the state goes back to the source, which keeps it.
 *
 * @param canary the set; a forward pass over it each time
 * @param every after how many batches it is asked, at least 1
 * @param fall how much lower its score may be, in 0..1
 */
record CanaryGuard(Canary canary, int every, double fall) implements StepGuard {

    /** What the names of the last good state begin with. */
    static final String GOOD = Memory.PREFIX + "good.";

    /** The state's scalar with the better score of the source's and the last good state's, in 0..1. */
    static final String SCORE = Memory.PREFIX + "canaryScore";

    /** The state's scalar with the source's own score. */
    static final String SOURCE_SCORE = Memory.PREFIX + "canarySourceScore";

    /** The state's vector with what is right. */
    static final String ANSWERS = Memory.PREFIX + "canaryAnswers";

    /** The state's scalar that counts batches since the first step that the set was not asked about. */
    static final String BATCHES = Memory.PREFIX + "canaryBatches";

    @Override
    public String name() {
        return "canary";
    }

    @Override
    public Ruling judge(Step step) {
        State made = hasBegun(step.made()) ? step.made() : begin(step);
        double batches = made.scalar(BATCHES).orElse(0);
        boolean moved = step.norm() > 0 || made.moments().isPresent();
        if (!moved && batches == 0) {
            return Ruling.published(made);
        }
        if (batches + 1 < every) {
            return Ruling.published(made.with(BATCHES, batches + 1));
        }
        State asked = made.without(BATCHES);
        double score = Canary.score(logits(step.model(), made.theta()), answers(made));
        double least = made.scalar(SCORE).orElseThrow() - fall;
        if (score >= least) {
            double good = Math.max(score, made.scalar(SOURCE_SCORE).orElseThrow());
            return Ruling.published(Memory.keep(asked, asked, GOOD).with(SCORE, good));
        }
        String reason = "the score of the canary set must be at least %.4g, but was %.4g".formatted(least, score);
        State back = Memory.restore(asked, GOOD);
        return Memory.words(back).equals(Memory.words(made))
                ? new Ruling(back, Ruling.Outcome.ROLLED_BACK, name(), reason)
                : reset(asked, reason);
    }

    /** With this set, or one of its size. */
    private boolean hasBegun(State state) {
        Vector answers = state.vectors().get(ANSWERS);
        return answers != null && answers.size() == canary.batch().rows();
    }

    private State begin(Step step) {
        AdaptableModel trained = step.made().moments().isPresent() ? onSource(step.model()) : step.model();
        Matrix source = logits(trained, trained.source());
        int[] answers = canary.answers(source);
        float[] values = new float[answers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = answers[i];
        }
        double score = Canary.score(source, answers);
        State good = step.report().reset() ? step.made() : step.before();
        return Memory.keep(onSource(good, step.model()), step.made(), GOOD)
                .with(ANSWERS, Vector.of(values))
                .with(SCORE, score)
                .with(SOURCE_SCORE, score);
    }

    /** The model as it was trained: the stream's first batch has moved its statistics by now, where any move. */
    private static AdaptableModel onSource(AdaptableModel model) {
        return model.batchNorms()
                .map(norms -> model.withMoments(norms.source()))
                .orElse(model);
    }

    private static State onSource(State state, AdaptableModel model) {
        return state.moments().isPresent()
                ? state.with(model.batchNorms().orElseThrow().source())
                : state;
    }

    private static int[] answers(State state) {
        Vector values = state.vector(ANSWERS, Vector.zeros(0));
        int[] answers = new int[values.size()];
        for (int i = 0; i < answers.length; i++) {
            answers[i] = (int) values.get(i);
        }
        return answers;
    }

    private Matrix logits(AdaptableModel model, Vector theta) {
        try (Pass pass = model.serve(canary.batch(), theta)) {
            return pass.logits();
        }
    }
}
