package io.tta4j.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private static final MethodProvider PROVIDER = new MethodProvider() {
        @Override
        public String name() {
            return "sar";
        }

        @Override
        public List<Setting> settings() {
            return List.of(new Setting("rho", "0.05", "radius"), new Setting("compat", "false", "as published"));
        }

        @Override
        public Method create(Settings settings) {
            return Methods.source();
        }
    };

    private static Settings settings(String name, String value) {
        return Settings.of(PROVIDER, Map.of(name, value));
    }

    @Test
    void readsTextAsWhatItIsAskedFor() {
        assertThat(settings("rho", "1e-2").number("rho")).hasValue(0.01);
        assertThat(settings("rho", "x").text("rho")).contains("x");
        assertThat(settings("compat", "true").flag("compat")).contains(true);
    }

    @Test
    void isEmptyWhereNothingIsGiven() {
        Settings none = Settings.of(PROVIDER, Map.of());

        assertThat(none.number("rho")).isEmpty();
        assertThat(none.flag("compat")).isEmpty();
        assertThat(none.text("rho")).isEmpty();
    }

    @Test
    void namesTheSettingThatCannotBeRead() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("rho", "small").number("rho"))
                .withMessage("sar.rho must be a number, but was 'small'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("compat", "yes").flag("compat"))
                .withMessage("sar.compat must be true or false, but was 'yes'");
    }

    @Test
    void listsTheSettingsWhereOneIsUnknown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("roh", "1"))
                .withMessage("setting must be one of [sar.rho, sar.compat], but was 'sar.roh'");
    }

    @Test
    void findsMethodsByName() {
        assertThat(Methods.available()).containsKey("source");
        assertThat(Methods.named("source")
                        .create(Settings.of(Methods.named("source"), Map.of()))
                        .adapts())
                .isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Methods.named("sra"))
                .withMessage("method must be one of [source], but was 'sra'");
    }
}
