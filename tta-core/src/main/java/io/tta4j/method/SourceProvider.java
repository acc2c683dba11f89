package io.tta4j.method;

import java.util.List;

/** Provides {@code source}, the model without adaptation. */
public final class SourceProvider implements MethodProvider {

    @Override
    public String name() {
        return "source";
    }

    @Override
    public List<Setting> settings() {
        return List.of();
    }

    @Override
    public Method create(Settings settings) {
        return Methods.source();
    }
}
