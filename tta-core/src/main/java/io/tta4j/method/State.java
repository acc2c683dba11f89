package io.tta4j.method;

import io.tta4j.model.Moments;
import io.tta4j.model.Vector;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * All that a method has learned: named vectors, scalars and lists of words. Immutable, so it can be published, copied,
 * weighed and saved without knowing the method.
 *
 * @param vectors by name; {@code theta} is always among them
 * @param scalars by name
 * @param words by name, such as the names of classes that came at run time
 */
public record State(Map<String, Vector> vectors, Map<String, Double> scalars, Map<String, List<String>> words) {

    private static final String THETA = "theta";
    private static final String MOVING_MEAN = "movingMean";
    private static final String MOVING_VARIANCE = "movingVariance";

    public State {
        if (!vectors.containsKey(THETA)) {
            throw new IllegalArgumentException("a state must have a vector 'theta', but had " + vectors.keySet());
        }
        vectors = Collections.unmodifiableMap(new TreeMap<>(vectors));
        scalars = Collections.unmodifiableMap(new TreeMap<>(scalars));
        Map<String, List<String>> copies = new TreeMap<>();
        words.forEach((name, list) -> copies.put(name, List.copyOf(list)));
        words = Collections.unmodifiableMap(copies);
    }

    /** A state that holds theta and nothing else. */
    public static State of(Vector theta) {
        return new State(Map.of(THETA, theta), Map.of(), Map.of());
    }

    /** The affine parameters: P values. */
    public Vector theta() {
        return Objects.requireNonNull(vectors.get(THETA));
    }

    /** The scalar of that name, if it is set. */
    public OptionalDouble scalar(String name) {
        Double value = scalars.get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** The vector of that name, or {@code otherwise} if it is not set. */
    public Vector vector(String name, Vector otherwise) {
        return vectors.getOrDefault(name, otherwise);
    }

    /** This state with one vector set. */
    public State with(String name, Vector vector) {
        Map<String, Vector> changed = new TreeMap<>(vectors);
        changed.put(name, vector);
        return new State(changed, scalars, words);
    }

    /** This state with one scalar set. */
    public State with(String name, double scalar) {
        Map<String, Double> changed = new TreeMap<>(scalars);
        changed.put(name, scalar);
        return new State(vectors, changed, words);
    }

    /** The list of words of that name; empty if it is not set. */
    public List<String> words(String name) {
        return words.getOrDefault(name, List.of());
    }

    /** This state with one list of words set. */
    public State with(String name, List<String> list) {
        Map<String, List<String>> changed = new TreeMap<>(words);
        changed.put(name, list);
        return new State(vectors, scalars, changed);
    }

    /**
     * This state without what is called so; as it is if nothing is.
     *
     * @throws IllegalArgumentException if the name is theta's
     */
    public State without(String name) {
        Map<String, Vector> otherVectors = new TreeMap<>(vectors);
        Map<String, Double> otherScalars = new TreeMap<>(scalars);
        Map<String, List<String>> otherWords = new TreeMap<>(words);
        otherVectors.remove(name);
        otherScalars.remove(name);
        otherWords.remove(name);
        return new State(otherVectors, otherScalars, otherWords);
    }

    /** This state with another theta. */
    public State withTheta(Vector theta) {
        return with(THETA, theta);
    }

    /**
     * The statistics of batch norm that have moved with the stream, the vectors {@code movingMean} and
     * {@code movingVariance}; empty where none move. The runtime's: methods neither see nor keep them.
     */
    public Optional<Moments> moments() {
        Vector means = vectors.get(MOVING_MEAN);
        Vector variances = vectors.get(MOVING_VARIANCE);
        return means == null || variances == null ? Optional.empty() : Optional.of(new Moments(means, variances));
    }

    /** This state with such statistics. */
    public State with(Moments moments) {
        return with(MOVING_MEAN, moments.means()).with(MOVING_VARIANCE, moments.variances());
    }

    /** Whether every value is neither NaN nor infinite. */
    public boolean isFinite() {
        return vectors.values().stream().allMatch(Vector::isFinite)
                && scalars.values().stream().allMatch(Double::isFinite);
    }
}
