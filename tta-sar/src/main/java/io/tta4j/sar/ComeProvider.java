package io.tta4j.sar;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import java.util.List;

/** Provides {@link Come} under the name {@code come}. */
public final class ComeProvider implements MethodProvider {

    @Override
    public String name() {
        return Come.NAME;
    }

    @Override
    public List<Setting> settings() {
        return TentProvider.settings(Come.ofDefaults().config());
    }

    @Override
    public Method create(Settings settings) {
        return Come.of(TentProvider.read(settings, Come.custom()).build());
    }
}
