package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Questions to a list of domains. Answers are indices into it.
 *
 * @param domains no two of them the same
 */
record DomainList(List<Domain> domains) {

    /** The clean images, where there are any. */
    OptionalInt clean() {
        return IntStream.range(0, domains.size())
                .filter(set -> domains.get(set).isClean())
                .findFirst();
    }

    /** The clean images of a setting that has a place for them. */
    int requireClean() {
        return clean().orElseThrow(() ->
                new IllegalArgumentException("the setting must have clean images, but there were only " + domains));
    }

    /** For each corruption, in the order they first come in, its severities from the smallest to the largest. */
    List<List<Integer>> ramps() {
        Map<String, List<Integer>> ramps = new LinkedHashMap<>();
        for (int set = 0; set < domains.size(); set++) {
            if (!domains.get(set).isClean()) {
                ramps.computeIfAbsent(domains.get(set).corruption(), corruption -> new ArrayList<>())
                        .add(set);
            }
        }
        ramps.values()
                .forEach(ramp -> ramp.sort(
                        Comparator.comparingInt(set -> domains.get(set).severity())));
        return List.copyOf(ramps.values());
    }

    /** For each corruption the largest severity that there is of it. */
    List<Integer> severest() {
        return ramps().stream().map(ramp -> ramp.get(ramp.size() - 1)).toList();
    }

    /** The same corruption at smaller severities, from the smallest to the largest; of clean images none. */
    List<Integer> milder(int set) {
        return ramps().stream()
                .filter(ramp -> ramp.contains(set))
                .flatMap(ramp -> ramp.stream().takeWhile(milder -> milder != set))
                .toList();
    }

    /** Whether another corruption comes in the place of one. */
    boolean isShift(Stretch old, Stretch next) {
        Domain from = domains.get(old.sets().get(0));
        Domain to = domains.get(next.sets().get(0));
        return !from.isClean() && !to.isClean() && !from.corruption().equals(to.corruption());
    }
}
