package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Domains by a Markov chain over those of the route.
 *
 * @param correlation see {@link MarkovChain}
 * @param imbalance likewise
 */
record MarkovDomains(double correlation, double imbalance) implements Transition {

    MarkovDomains {
        MarkovChain.requireRanges(correlation, imbalance);
    }

    @Override
    public List<Position> over(Route route, List<Position> positions, List<Domain> domains, SplittableRandom random) {
        List<Integer> sets = route.stretches().stream()
                .flatMap(stretch -> stretch.sets().stream())
                .distinct()
                .toList();
        int[] walk = new MarkovChain(sets.size(), correlation, imbalance).walk(positions.size(), random);
        return IntStream.range(0, walk.length)
                .mapToObj(t -> new Position(sets.get(walk[t]), positions.get(t).image()))
                .toList();
    }

    @Override
    public String description() {
        return "domains by a Markov chain, correlation %s, imbalance %s".formatted(correlation, imbalance);
    }
}
