package io.tta4j.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a published state comes from: another one that whoever rebuilds it has, and what is not in that. A step's own
 * outcome costs nothing then, nor does a rollback to the state before; only what came from elsewhere is written out.
 *
 * @param base the state that most vectors are from
 * @param taken vectors that are from another one
 * @param vectors that are from none
 * @param dropped vectors of the base that are not there
 * @param scalars all of them, where they are not the base's
 * @param words all of them, where they are not the base's
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record StateSource(
        Origin base,
        @Nullable Map<String, Origin> taken,
        @Nullable Map<String, Vector> vectors,
        @Nullable List<String> dropped,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, Double> scalars,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, List<String>> words) {

    /** A state that whoever rebuilds another one has. */
    enum Origin {
        /** What the method returned in this step. */
        MADE,
        /** The stream's state before. */
        BEFORE,
        /** What a stream begins with. */
        INITIAL,
        /** None. */
        NOWHERE
    }

    /** A state as it is, of no other. */
    static StateSource whole(State state) {
        return of(state, Map.of());
    }

    /** A state in terms of those that are there. */
    static StateSource of(State state, Map<Origin, State> known) {
        Map<Origin, State> origins = new EnumMap<>(Origin.class);
        origins.putAll(known);
        Origin base = Origin.NOWHERE;
        long shared = 0;
        for (Map.Entry<Origin, State> origin : origins.entrySet()) {
            long count = state.vectors().keySet().stream()
                    .filter(name -> has(origin.getValue(), name, state))
                    .count();
            if (count > shared) {
                base = origin.getKey();
                shared = count;
            }
        }
        Optional<State> from = Optional.ofNullable(origins.get(base));
        Map<String, Origin> taken = new TreeMap<>();
        Map<String, Vector> vectors = new TreeMap<>();
        state.vectors().forEach((name, vector) -> {
            if (from.isEmpty() || !has(from.get(), name, state)) {
                Optional<Origin> other = origins.entrySet().stream()
                        .filter(origin -> has(origin.getValue(), name, state))
                        .map(Map.Entry::getKey)
                        .findFirst();
                other.ifPresentOrElse(origin -> taken.put(name, origin), () -> vectors.put(name, vector));
            }
        });
        List<String> dropped = new ArrayList<>();
        from.ifPresent(state0 -> state0.vectors().keySet().stream()
                .filter(name -> !state.vectors().containsKey(name))
                .forEach(dropped::add));
        boolean sameScalars = from.isPresent() && from.get().scalars().equals(state.scalars());
        boolean sameWords = from.isPresent() && from.get().words().equals(state.words());
        return new StateSource(
                base, taken, vectors, dropped, sameScalars ? null : state.scalars(), sameWords ? null : state.words());
    }

    private static boolean has(State origin, String name, State state) {
        Vector theirs = origin.vectors().get(name);
        Vector ours = state.vectors().get(name);
        return theirs != null && theirs.equals(ours);
    }

    /**
     * The state again.
     *
     * @throws AuditException if one of the states that it is in terms of is not there
     */
    State state(Map<Origin, State> known) {
        Map<String, Vector> all = new TreeMap<>();
        Optional<State> from = base == Origin.NOWHERE ? Optional.empty() : Optional.of(known(known, base));
        from.ifPresent(state -> all.putAll(state.vectors()));
        if (dropped != null) {
            dropped.forEach(all::remove);
        }
        if (taken != null) {
            taken.forEach((name, origin) -> all.put(name, vector(known(known, origin), name)));
        }
        if (vectors != null) {
            all.putAll(vectors);
        }
        return new State(
                all,
                scalars != null ? scalars : from.map(State::scalars).orElse(Map.of()),
                words != null ? words : from.map(State::words).orElse(Map.of()));
    }

    private static State known(Map<Origin, State> known, Origin origin) {
        return Optional.ofNullable(known.get(origin))
                .orElseThrow(() -> new AuditException("the state must be told by one that is known, but was by %s of %s"
                        .formatted(origin, known.keySet())));
    }

    private static Vector vector(State state, String name) {
        return Objects.requireNonNull(state.vectors().get(name), name);
    }
}
