package io.tta4j.method;

/**
 * The outcome of one adaptation.
 *
 * @param state the state to publish
 * @param report what was done
 */
public record Adaptation(State state, StepReport report) {}
