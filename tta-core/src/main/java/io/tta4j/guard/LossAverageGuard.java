package io.tta4j.guard;

import io.tta4j.method.State;
import java.util.OptionalDouble;

/**
 * Goes back to the source where the loss that steps minimise has become tiny on average: a model that answers the same
 * whatever it sees is very sure of it. For methods that have no such recovery of their own (SAR, Niu et al., ICLR 2023,
 * section 4, has it: {@code e <- 0.9 e + 0.1 loss}, the first loss sets e). A loss that is not finite says nothing.
 *
 * @param threshold e_m, in the unit of the method's loss, nats for an entropy
 */
record LossAverageGuard(double threshold) implements StepGuard {

    /** The state's scalar that holds e. */
    static final String AVERAGE = Memory.PREFIX + "lossAverage";

    private static final double DECAY = 0.9;

    @Override
    public String name() {
        return "lossAverage";
    }

    @Override
    public Ruling judge(Step step) {
        OptionalDouble loss = step.report().loss();
        if (loss.isEmpty()
                || !Double.isFinite(loss.getAsDouble())
                || step.report().reset()) {
            return Ruling.published(step.made());
        }
        OptionalDouble before = step.before().scalar(AVERAGE);
        double average = before.isPresent()
                ? DECAY * before.getAsDouble() + (1 - DECAY) * loss.getAsDouble()
                : loss.getAsDouble();
        State made = step.made().with(AVERAGE, average);
        return average < threshold
                ? reset(
                        step.before(),
                        "the average loss must be at least %.3g, but was %.3g".formatted(threshold, average))
                : Ruling.published(made);
    }
}
