package io.tta4j.guard;

/** Refuses a state with a value that is NaN or infinite: what is made of it would be so for ever. */
record FiniteGuard() implements StepGuard {

    @Override
    public String name() {
        return "finite";
    }

    @Override
    public Ruling judge(Step step) {
        return step.made().isFinite()
                ? Ruling.published(step.made())
                : rejected(step.before(), "every value of a state must be finite, but some were not");
    }
}
