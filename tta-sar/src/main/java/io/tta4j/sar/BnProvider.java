package io.tta4j.sar;

import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import io.tta4j.model.Statistics;
import java.util.List;

/** Provides {@link Bn} under the name {@code bn}. */
public final class BnProvider implements MethodProvider {

    @Override
    public String name() {
        return Bn.NAME;
    }

    @Override
    public List<Setting> settings() {
        return List.of(SarProvider.statistics(Statistics.BATCH));
    }

    @Override
    public Method create(Settings settings) {
        return settings.text("statistics")
                .map(text -> Bn.of(Statistics.parse("bn.statistics", text)))
                .orElseGet(Bn::ofDefaults);
    }
}
