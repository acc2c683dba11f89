package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One corruption after another.
 *
 * @param cycles times that each comes
 * @param positions where the changes are; empty for stretches of one pass
 * @param fromClean whether clean images come before the corruptions
 */
record InTurn(int cycles, List<Integer> positions, boolean fromClean) implements DomainOrder {

    InTurn {
        positions = List.copyOf(positions);
        if (cycles < 1) {
            throw new IllegalArgumentException("cycles must be at least 1, but was " + cycles);
        }
    }

    @Override
    public List<Route> routes(String setting, List<Domain> domains, int images) {
        DomainList list = new DomainList(domains);
        List<Integer> cycle = new ArrayList<>();
        if (fromClean) {
            cycle.add(list.requireClean());
        }
        cycle.addAll(list.severest());
        int stretches = Math.multiplyExact(cycles, cycle.size());
        List<Integer> ends = ends(stretches, images);
        List<Stretch> route = IntStream.range(0, stretches)
                .mapToObj(i -> Stretch.of(cycle.get(i % cycle.size()), ends.get(i) - (i == 0 ? 0 : ends.get(i - 1))))
                .toList();
        return List.of(new Route(setting, route));
    }

    private List<Integer> ends(int stretches, int images) {
        int length = Math.multiplyExact(stretches, images);
        if (positions.isEmpty()) {
            return IntStream.rangeClosed(1, stretches).mapToObj(i -> i * images).toList();
        }
        boolean ascending = IntStream.range(0, positions.size())
                .allMatch(i -> positions.get(i) > (i == 0 ? 0 : positions.get(i - 1)) && positions.get(i) < length);
        if (positions.size() != stretches - 1 || !ascending) {
            throw new IllegalArgumentException(
                    "positions must be %d ascending ones in 1..%d, one between each two of the %d domains, but were %s"
                            .formatted(stretches - 1, length - 1, stretches, positions));
        }
        List<Integer> ends = new ArrayList<>(positions);
        ends.add(length);
        return ends;
    }

    @Override
    public String description() {
        return "one corruption after another, never reset"
                + (fromClean ? ", from clean images" : "")
                + (cycles == 1 ? "" : ", %d cycles".formatted(cycles))
                + (positions.isEmpty()
                        ? ""
                        : positions.stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ", ", changing at images ", "")));
    }
}
