package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.List;
import java.util.SplittableRandom;

/** Domains stay as the route has them. */
record Abrupt() implements Transition {

    @Override
    public List<Position> over(Route route, List<Position> positions, List<Domain> domains, SplittableRandom random) {
        return positions;
    }

    @Override
    public String description() {
        return "";
    }
}
