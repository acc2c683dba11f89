package io.tta4j.csfa;

import static io.tta4j.csfa.Clouds.COW;
import static io.tta4j.csfa.Clouds.FOX;
import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.State;
import io.tta4j.model.Batch;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A million registrations and removals in a row, most under a name of their own, some with more supports in between:
 * the state is what it was, and memory too. Runs with {@code mvn -Psoak verify}.
 */
@Tag("soak")
class CsfaSoakTest {

    private static final int REGISTRATIONS = 1_000_000;
    private static final int EVERY = 100_000;
    private static final long MEGABYTE = 1 << 20;
    private static final long ALLOWED_GROWTH = 2 * MEGABYTE;

    @Test
    void registeringAndRemovingDoesNotGrowMemory() {
        AdaptiveModel adaptive = AdaptiveModel.of(
                Clouds.model(),
                Csfa.of(CsfaConfig.custom().prototypes(Clouds.prototypes()).build()));
        Batch foxes = Clouds.batch(1, FOX, FOX);
        Batch cow = Clouds.batch(2, COW);
        adaptive.register("fox", foxes);
        State before = adaptive.state();
        List<Long> used = new ArrayList<>();
        for (int i = 1; i <= REGISTRATIONS; i++) {
            String name = i % 3 == 0 ? "cow" : "cow" + i;
            adaptive.register(name, cow);
            if (i % 10 == 0) {
                adaptive.addSupports(name, foxes);
            }
            adaptive.remove(name);
            if (i % EVERY == 0) {
                assertThat(adaptive.state()).isEqualTo(before);
                used.add(usedBytes());
            }
        }
        long growth = used.get(used.size() - 1) - used.get(0);
        System.out.printf(
                "soak, registrations: heap KB every %d: %s; growth %.1f KB%n",
                EVERY, used.stream().map(bytes -> bytes / 1024).toList(), growth / 1024.0);
        assertThat(growth).isLessThan(ALLOWED_GROWTH);
    }

    private static long usedBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
