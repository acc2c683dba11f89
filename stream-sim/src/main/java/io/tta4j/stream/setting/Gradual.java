package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A sigmoid about the beginning of each stretch. An image passes from the first domain to the second by the first
 * sigmoid, if so to the third by the second one, and so on.
 *
 * @param width in images
 */
record Gradual(double width) implements Transition {

    Gradual {
        if (!(width > 0) || Double.isInfinite(width)) {
            throw new IllegalArgumentException("width must be a positive number of images, but was " + width);
        }
    }

    @Override
    public List<Position> over(Route route, List<Position> positions, List<Domain> domains, SplittableRandom random) {
        List<Stretch> stretches = route.stretches();
        List<Position> changed = new ArrayList<>(positions.size());
        int settled = 0;
        int settledEnd = stretches.get(0).images();
        for (int t = 0; t < positions.size(); t++) {
            // Ten widths on, the probability is 1 to the last bit.
            while (settled + 1 < stretches.size() && t - settledEnd > 10 * width) {
                settled++;
                settledEnd += stretches.get(settled).images();
            }
            int stretch = settled;
            int end = settledEnd;
            while (stretch + 1 < stretches.size() && random.nextDouble() < share(t - end)) {
                stretch++;
                end += stretches.get(stretch).images();
            }
            changed.add(under(stretches.get(stretch), positions.get(t)));
        }
        return changed;
    }

    private double share(int distance) {
        return 1 / (1 + StrictMath.exp(-4 * distance / width));
    }

    private static Position under(Stretch stretch, Position position) {
        return stretch.sets().contains(position.set())
                ? position
                : new Position(stretch.sets().get(0), position.image());
    }

    @Override
    public String description() {
        return "gradual drift, sigmoids of width " + width;
    }
}
