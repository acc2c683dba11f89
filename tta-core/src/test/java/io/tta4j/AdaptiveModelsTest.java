package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.guard.Guards;
import io.tta4j.method.Methods;
import io.tta4j.snapshot.MapStore;
import org.junit.jupiter.api.Test;

/** The registry. */
class AdaptiveModelsTest extends ServedRows {

    @Test
    void aModelThatCannotBeClosedKeepsNoOtherOpen() {
        AdaptiveModels models = AdaptiveModels.of(
                RuntimeConfig.custom().adaptationBatch(100).finishOnClose(true).build());
        AdaptiveModel first = models.register("a", model, new RowModel.Summing());
        models.register("b", model, new Unspeakable()).predict(RowModel.batch(1));
        AdaptiveModel last = models.register("c", model, new RowModel.Summing());

        assertThatIllegalStateException()
                .isThrownBy(models::close)
                .withMessage("adaptive models must close, but [b] failed to; the others are closed")
                .satisfies(failure -> assertThat(failure.getSuppressed()[0]).hasMessage("on purpose"));
        assertThatIllegalStateException().isThrownBy(() -> first.predict(RowModel.batch(1)));
        assertThatIllegalStateException().isThrownBy(() -> last.predict(RowModel.batch(1)));
    }

    /** What is around a model may differ from one to the next, but for its name. */
    @Test
    void registersModelsWithWhatIsAroundThem() throws Exception {
        Events events = new Events();
        events.on(RuntimeEvent.class, heard::add);
        AdaptiveModels models = AdaptiveModels.of(background().mode(Mode.FROZEN).build());
        opened.add(models);
        try (MapStore store = new MapStore()) {
            AdaptiveModel adaptive = models.register(
                    "a",
                    model,
                    new RowModel.Summing(),
                    builder -> builder.name("b").events(events).store(store).guards(Guards.ofDefaults()));
            assertThat(adaptive.name()).isEqualTo("a");
            assertThat(adaptive.mode()).isEqualTo(Mode.FROZEN);
            assertThat(adaptive.events()).isSameAs(events);
            adaptive.predict(RowModel.batch(1));
            adaptive.close();
        }
        assertThat(heard(RuntimeEvent.Saved.class)).hasSize(1);
    }

    @Test
    void keepsModelsByName() {
        AdaptiveModels models = AdaptiveModels.of(background().build());
        opened.add(models);
        AdaptiveModel first = models.register("a", model, new RowModel.Summing());
        AdaptiveModel second = models.register("b", model, Methods.source(), RuntimeConfig.ofDefaults());

        assertThat(models.find("a")).containsSame(first);
        assertThat(models.find("c")).isEmpty();
        assertThat(models.all()).containsEntry("a", first).containsEntry("b", second);
        assertThat(first.name()).isEqualTo("a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> models.register("a", model, Methods.source()))
                .withMessageContaining("'a' is taken");
        assertThat(models.remove("b")).containsSame(second);
        models.close();
        assertThatIllegalStateException().isThrownBy(() -> first.predict(RowModel.batch(1)));
        assertThat(second.predict(RowModel.batch(1))).isNotNull();
    }
}
