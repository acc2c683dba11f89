package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.List;

/** One pool of the images of all corruptions. */
record AtOnce() implements DomainOrder {

    @Override
    public List<Route> routes(String setting, List<Domain> domains, int images) {
        List<Integer> sets = new DomainList(domains).severest();
        Stretch all = new Stretch(sets, Math.multiplyExact(sets.size(), images));
        return List.of(new Route(setting, List.of(all)));
    }

    @Override
    public String description() {
        return "all corruptions at once";
    }
}
