package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.ArrayList;
import java.util.List;

/** One corruption after another, each from its smallest severity to its largest and back. */
record Ramps() implements DomainOrder {

    @Override
    public List<Route> routes(String setting, List<Domain> domains, int images) {
        List<Stretch> stretches = new ArrayList<>();
        for (List<Integer> ramp : new DomainList(domains).ramps()) {
            if (ramp.size() == 1) {
                throw new IllegalArgumentException(
                        "the severities of a corruption must be at least two for a ramp, but there was only %s"
                                .formatted(domains.get(ramp.get(0))));
            }
            for (int i = 0; i < 2 * ramp.size() - 1; i++) {
                stretches.add(Stretch.of(ramp.get(Math.min(i, 2 * (ramp.size() - 1) - i)), images));
            }
        }
        return List.of(new Route(setting, stretches));
    }

    @Override
    public String description() {
        return "severities up and down again, one corruption after another, never reset";
    }
}
