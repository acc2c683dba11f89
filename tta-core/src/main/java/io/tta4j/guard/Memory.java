package io.tta4j.guard;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What guards remember about a stream: the entries of its state that are called {@code guard.} something. */
final class Memory {

    static final String PREFIX = "guard.";

    private Memory() {}

    /** A state with what is remembered in another one, and nothing else of that kind. */
    static State carry(State from, State to) {
        return carry(from, to, name -> true);
    }

    /** The same, of some names only. */
    static State carry(State from, State to, Predicate<String> wanted) {
        if (isEmpty(from) && isEmpty(to)) {
            return to;
        }
        State own = only(to, name -> !name.startsWith(PREFIX));
        State remembered = only(from, name -> name.startsWith(PREFIX) && wanted.test(name));
        return and(own, remembered.vectors(), remembered.scalars(), remembered.words());
    }

    /** A state that remembers, under a prefix, all that a method has put into another one. */
    static State keep(State kept, State in, String prefix) {
        State others = only(in, name -> !name.startsWith(prefix));
        State own = only(kept, name -> !name.startsWith(PREFIX));
        return new State(
                joined(named(prefix, own.vectors()), others.vectors()),
                joined(named(prefix, own.scalars()), others.scalars()),
                joined(named(prefix, own.words()), others.words()));
    }

    /** What {@link #keep} has kept, with all that is remembered. */
    static State restore(State state, String prefix) {
        State kept = only(state, name -> name.startsWith(prefix));
        State own = new State(
                unnamed(prefix, kept.vectors()), unnamed(prefix, kept.scalars()), unnamed(prefix, kept.words()));
        return carry(state, own);
    }

    /** What a method keeps in words, which users have told it. */
    static Map<String, List<String>> words(State state) {
        return filtered(state.words(), name -> !name.startsWith(PREFIX));
    }

    private static boolean isEmpty(State state) {
        return none(state.vectors()) && none(state.scalars()) && none(state.words());
    }

    private static boolean none(Map<String, ?> values) {
        return values.keySet().stream().noneMatch(name -> name.startsWith(PREFIX));
    }

    private static State only(State state, Predicate<String> wanted) {
        // Theta is in every state, wanted or not.
        return new State(
                filtered(state.vectors(), name -> name.equals("theta") || wanted.test(name)),
                filtered(state.scalars(), wanted),
                filtered(state.words(), wanted));
    }

    private static State and(
            State state, Map<String, Vector> vectors, Map<String, Double> scalars, Map<String, List<String>> words) {
        return new State(
                joined(filtered(vectors, name -> !name.equals("theta")), state.vectors()),
                joined(scalars, state.scalars()),
                joined(words, state.words()));
    }

    private static <V> Map<String, V> filtered(Map<String, V> values, Predicate<String> wanted) {
        Map<String, V> kept = new TreeMap<>(values);
        kept.keySet().removeIf(wanted.negate());
        return kept;
    }

    private static <V> Map<String, V> joined(Map<String, V> some, Map<String, V> others) {
        Map<String, V> all = new TreeMap<>(some);
        all.putAll(others);
        return all;
    }

    private static <V> Map<String, V> named(String prefix, Map<String, V> values) {
        Map<String, V> renamed = new TreeMap<>();
        values.forEach((name, value) -> renamed.put(prefix + name, value));
        return renamed;
    }

    private static <V> Map<String, V> unnamed(String prefix, Map<String, V> values) {
        Map<String, V> renamed = new TreeMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                renamed.put(name.substring(prefix.length()), value);
            }
        });
        return renamed;
    }
}
