package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.List;

/** Each corruption a stream of its own. */
record Apart() implements DomainOrder {

    @Override
    public List<Route> routes(String setting, List<Domain> domains, int images) {
        return new DomainList(domains)
                .severest().stream()
                        .map(set -> new Route(domains.get(set).name(), List.of(Stretch.of(set, images))))
                        .toList();
    }

    @Override
    public String description() {
        return "each corruption apart, from the source state";
    }
}
