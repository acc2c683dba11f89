package io.tta4j.examples.server;

import io.tta4j.RuntimeConfig;
import io.tta4j.guard.GuardConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings that a user gave, by whose they are and without that in front: {@code runtime.budget},
 * {@code guard.distance}, and the method's as {@code sar.rho} or {@code rho}.
 */
record GivenSettings(Map<String, String> method, Map<String, String> runtime, Map<String, String> guard) {

    static GivenSettings of(String method, Map<String, String> given) {
        GivenSettings settings = new GivenSettings(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        given.forEach((name, value) -> {
            int dot = name.indexOf('.');
            String owner = dot < 0 ? method : name.substring(0, dot);
            Map<String, String> of = owner.equals(RuntimeConfig.PREFIX)
                    ? settings.runtime
                    : owner.equals(GuardConfig.NAME) ? settings.guard : settings.method;
            String own = of != settings.method || owner.equals(method) ? name.substring(dot + 1) : name;
            if (of.put(own, value) != null) {
                throw new IllegalArgumentException("setting '%s' must be given once, but was twice".formatted(name));
            }
        });
        return settings;
    }
}
