package io.tta4j.stream.replay;

import java.util.HashMap;
import java.util.Map;

/** The numbers that classes have in an answer: a base class its label, others the next in the order they come in. */
final class KnownClasses {

    private final int baseClasses;
    private final Map<Integer, Integer> numbers = new HashMap<>();

    KnownClasses(int baseClasses) {
        this.baseClasses = baseClasses;
    }

    void introduce(int label) {
        numbers.put(label, baseClasses + numbers.size());
    }

    /** The class's number, or {@link Expected#UNNAMED}. */
    int number(int label) {
        return label < baseClasses ? label : numbers.getOrDefault(label, Expected.UNNAMED);
    }
}
