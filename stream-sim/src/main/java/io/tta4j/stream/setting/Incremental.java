package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Severities that fall and grow about the beginning of each stretch.
 *
 * @param width in images
 */
record Incremental(int width) implements Transition {

    Incremental {
        if (width < 1) {
            throw new IllegalArgumentException("width must be at least 1 image, but was " + width);
        }
    }

    @Override
    public List<Position> over(Route route, List<Position> positions, List<Domain> domains, SplittableRandom random) {
        DomainList list = new DomainList(domains);
        List<Position> changed = new ArrayList<>(positions);
        int begin = 0;
        for (int i = 0; i + 1 < route.stretches().size(); i++) {
            Stretch old = route.stretches().get(i);
            Stretch next = route.stretches().get(i + 1);
            if (width > Math.min(old.images(), next.images())) {
                throw new IllegalArgumentException("width must be at most %d, the images of a stretch, but was %d"
                        .formatted(Math.min(old.images(), next.images()), width));
            }
            begin += old.images();
            List<Integer> steps = steps(old.sets().get(0), next.sets().get(0), list);
            for (int j = 0; j < width; j++) {
                int t = begin - width / 2 + j;
                int set = steps.get((int) ((long) j * steps.size() / width));
                changed.set(t, new Position(set, positions.get(t).image()));
            }
        }
        return changed;
    }

    private static List<Integer> steps(int old, int next, DomainList list) {
        List<Integer> steps = new ArrayList<>(list.milder(old));
        Collections.reverse(steps);
        if (list.clean().stream().noneMatch(clean -> clean == old || clean == next)) {
            list.clean().ifPresent(steps::add);
        }
        steps.addAll(list.milder(next));
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("an incremental drift must have smaller severities to go through, but"
                    + " there were only " + list.domains());
        }
        return steps;
    }

    @Override
    public String description() {
        return "incremental drift, steps of severity over %d images".formatted(width);
    }
}
