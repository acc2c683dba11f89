package io.tta4j.method;

import java.util.Collections;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The methods on the class path. */
public final class Methods {

    private Methods() {}

    /** All providers by name, in alphabetical order. */
    public static Map<String, MethodProvider> available() {
        Map<String, MethodProvider> providers = new TreeMap<>();
        for (MethodProvider provider : ServiceLoader.load(MethodProvider.class)) {
            providers.put(provider.name(), provider);
        }
        return Collections.unmodifiableMap(providers);
    }

    /**
     * The provider of that name.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static MethodProvider named(String name) {
        Map<String, MethodProvider> available = available();
        MethodProvider provider = available.get(name);
        if (provider == null) {
            throw new IllegalArgumentException(
                    "method must be one of %s, but was '%s'".formatted(available.keySet(), name));
        }
        return provider;
    }

    /** A method that does not adapt: the source model, for comparison. */
    public static Method source() {
        return new Source();
    }
}
