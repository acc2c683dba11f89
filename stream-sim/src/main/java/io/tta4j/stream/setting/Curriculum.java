package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which class comes in which session. The base classes are there from the start.
 *
 * @param baseClasses C, the classes that the model was trained on; their labels are 0..C-1
 * @param introduced for each session, the labels of the classes that are registered at its beginning
 */
public record Curriculum(int baseClasses, List<List<Integer>> introduced) {

    public Curriculum {
        introduced = introduced.stream().map(List::copyOf).toList();
    }

    /**
     * A first session of base classes alone, then sessions that each introduce so many novel ones, the smallest labels
     * first; the last session takes the rest.
     *
     * @param labels of the data; those from C on are novel
     * @throws IllegalArgumentException if no label is novel, or the number is below 1
     */
    public static Curriculum ofClassesPerSession(int baseClasses, int[] labels, int classesPerSession) {
        List<Integer> novel = novel(baseClasses, labels);
        if (classesPerSession < 1) {
            throw new IllegalArgumentException("classes per session must be at least 1, but was " + classesPerSession);
        }
        List<List<Integer>> introduced = new ArrayList<>(List.of(List.of()));
        for (int from = 0; from < novel.size(); from += classesPerSession) {
            introduced.add(novel.subList(from, Math.min(from + classesPerSession, novel.size())));
        }
        return new Curriculum(baseClasses, introduced);
    }

    /**
     * So many sessions: the first of base classes alone, then the novel ones, the smallest labels first and spread
     * evenly over the others. A single session has all classes from its start.
     *
     * @param labels of the data; those from C on are novel
     * @throws IllegalArgumentException if no label is novel, or there are fewer than 1 session or more than the novel
     *     classes fill
     */
    public static Curriculum ofSessions(int baseClasses, int[] labels, int sessions) {
        List<Integer> novel = novel(baseClasses, labels);
        if (sessions < 1 || sessions > novel.size() + 1) {
            throw new IllegalArgumentException("sessions must be in 1..%d, one for the base classes and one for each of"
                            .formatted(novel.size() + 1)
                    + " the novel ones at most, but was " + sessions);
        }
        if (sessions == 1) {
            return new Curriculum(baseClasses, List.of(novel));
        }
        int parts = sessions - 1;
        List<List<Integer>> introduced = new ArrayList<>(List.of(List.of()));
        for (int part = 0; part < parts; part++) {
            introduced.add(novel.subList(part * novel.size() / parts, (part + 1) * novel.size() / parts));
        }
        return new Curriculum(baseClasses, introduced);
    }

    private static List<Integer> novel(int baseClasses, int[] labels) {
        List<Integer> novel = Arrays.stream(labels)
                .filter(label -> label >= baseClasses)
                .distinct()
                .sorted()
                .boxed()
                .toList();
        if (novel.isEmpty()) {
            throw new IllegalArgumentException("labels must have novel classes, from %d on, but the largest was %d"
                    .formatted(baseClasses, Arrays.stream(labels).max().orElse(-1)));
        }
        return novel;
    }

    /** How many sessions there are. */
    public int sessions() {
        return introduced.size();
    }

    /** The labels of all novel classes, in the order they come in. */
    public List<Integer> novel() {
        return introduced.stream().flatMap(List::stream).toList();
    }

    /** The labels of the classes that came before a session, base classes included. */
    List<Integer> before(int session) {
        List<Integer> base = session == 0
                ? List.of()
                : IntStream.range(0, baseClasses).boxed().toList();
        List<Integer> before = new ArrayList<>(base);
        introduced.subList(0, session).forEach(before::addAll);
        return before;
    }

    /** The labels of the classes that a session brings: those that it introduces, and in the first the base classes. */
    List<Integer> brought(int session) {
        List<Integer> base =
                session == 0 ? IntStream.range(0, baseClasses).boxed().toList() : List.of();
        List<Integer> brought = new ArrayList<>(base);
        brought.addAll(introduced.get(session));
        return brought;
    }
}
