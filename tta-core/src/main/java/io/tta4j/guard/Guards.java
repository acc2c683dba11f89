package io.tta4j.guard;

import io.tta4j.method.Adaptation;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a stream's state sound: whether a batch is adapted to, and what of a step is published. Pure functions over the
 * stream's state, in which they remember what they have seen, under names that begin with {@code guard.}. For a batch:
 *
 * <ol>
 *   <li>{@link #gate} says whether to adapt to it.
 *   <li>The method makes a state of the gate's one; where the gate is shut, that one stays and the report is
 *       {@link io.tta4j.method.StepReport#skipped}.
 *   <li>{@link #judge} says which state to publish, a held batch's too: a model that has collapsed is found all the
 *       same.
 *   <li>After every reset, a guard's and the user's, {@link #afterReset} keeps what guards know beyond it.
 * </ol>
 *
 * <p>Steps are judged by the finite check, the step norm, the distance to the source, the loss average, the collapse of
 * predictions and the canary set, in this order; the first that refuses is the last. Immutable, safe for use by many
 * threads.
 */
public final class Guards {

    private final GuardConfig config;
    private final Optional<DriftGate> gate;
    private final List<StepGuard> guards;

    private Guards(GuardConfig config) {
        this.config = config;
        this.gate = config.driftGate()
                ? Optional.of(new DriftGate(
                        config.calibration(), config.gateWindow(), config.gateRunLength(), config.gateTolerance()))
                : Optional.empty();
        List<StepGuard> wanted = new ArrayList<>();
        wanted.add(new FiniteGuard());
        config.stepNorm().ifPresent(factor -> wanted.add(new StepNormGuard(factor)));
        config.distance().ifPresent(share -> wanted.add(new DistanceGuard(share)));
        config.lossAverage().ifPresent(threshold -> wanted.add(new LossAverageGuard(threshold)));
        config.collapse().ifPresent(share -> wanted.add(new CollapseGuard(share)));
        config.canary()
                .ifPresent(canary -> wanted.add(new CanaryGuard(canary, config.canaryEvery(), config.canaryFall())));
        this.guards = List.copyOf(wanted);
    }

    /** Guards with these settings. */
    public static Guards of(GuardConfig config) {
        return new Guards(config);
    }

    /**
     * Guards with default settings. They are against accidents, and do not stop whoever sends batches to do harm: the
     * bounds leave such a one room enough. What does is a {@linkplain GuardConfig#canary canary set}, for which a few
     * hundred samples without labels will do:
     *
     * <pre>{@code
     * Guards.of(GuardConfig.custom().canary(Canary.answeredBySource(samples)).build())
     * }</pre>
     */
    public static Guards ofDefaults() {
        return of(GuardConfig.ofDefaults());
    }

    /** The finite check alone. */
    public static Guards finiteOnly() {
        return of(GuardConfig.custom().none().build());
    }

    /**
     * Refuses a model that the calibration or the canary set is not of.
     *
     * @throws IllegalArgumentException if the one knows another number of classes, or the other has other inputs or
     *     labels of classes that there are not; the message says which
     */
    public void requireFits(AdaptableModel model) {
        config.calibration().ifPresent(calibration -> calibration.requireClasses(model.classes()));
        config.canary().ifPresent(canary -> canary.requireFits(model));
    }

    /** Whether {@link #gate} ever holds anything back, and remembers what it has seen. */
    public boolean hasGate() {
        return gate.isPresent();
    }

    /**
     * Whether to adapt to a batch.
     *
     * @param logits of the batch at the state's theta, shape [N, C]
     * @param state the stream's state
     * @throws IllegalArgumentException if the drift gate was calibrated for another number of classes
     */
    public Gate gate(Matrix logits, State state) {
        return gate.map(drift -> drift.gate(logits, state)).orElseGet(() -> Gate.open(state));
    }

    /**
     * What to publish after a step.
     *
     * @param model the model under the statistics that the step was taken with
     * @param pass the pass that the step came from, open; its activations may have been freed
     * @param before the state of the gate
     * @param made what the method made of it; it need not have kept what guards remember
     */
    public Ruling judge(AdaptableModel model, Pass pass, State before, Adaptation made) {
        State carried = made.report().reset() ? afterReset(before, made.state()) : Memory.carry(before, made.state());
        Step step = new Step(model, pass, before, carried, made.report());
        Ruling last = Ruling.published(carried);
        for (StepGuard guard : guards) {
            Ruling ruling = guard.judge(step.with(last.publish()));
            if (ruling.isFinal()) {
                return ruling;
            }
            last = last.outcome() == Ruling.Outcome.BOUNDED
                    ? new Ruling(ruling.publish(), last.outcome(), last.guard(), last.reason())
                    : ruling;
        }
        return last;
    }

    /**
     * A state after a reset, with what guards remember of a stream beyond that: what its source's entropies were. All
     * the rest begins anew.
     *
     * @param before the state before it
     * @param reset what {@link io.tta4j.method.Method#reset} made
     */
    public State afterReset(State before, State reset) {
        return Memory.carry(before, reset, name -> name.startsWith(DriftGate.SOURCE));
    }

    /**
     * A state that a method has changed otherwise than by a step, such as by a class that was registered, with all that
     * guards remember.
     */
    public State afterChange(State before, State changed) {
        return Memory.carry(before, changed);
    }
}
