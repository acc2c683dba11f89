package io.tta4j.stream.replay;

/**
 * How a method kept up with a stream under a {@link TimeConstraint}.
 *
 * @param eta the stream's speed
 * @param costRatio the mean over adapted batches of the method's time over that of a plain forward pass, or what it was
 *     fixed to
 * @param fixed whether it was fixed
 * @param onlyPredicted how many batches were answered without adapting
 */
public record Pace(double eta, double costRatio, boolean fixed, int onlyPredicted) {}
