package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.event.RuntimeEvent.Dropped;
import io.tta4j.model.Batch;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What waits is bounded, whatever comes. */
class OverloadTest extends ServedRows {

    @Test
    void givesUpRequestsThatThereIsNoMemoryFor() {
        AdaptiveModel adaptive =
                adaptive(background().pendingBytes(2L * SlabPool.LEAST_BYTES).adaptationBatch(100));
        for (int row = 1; row <= 5; row++) {
            adaptive.predict(RowModel.batch(row));
        }
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(1 + 4 + 5);
        assertThat(heard(Dropped.class))
                .containsExactly(
                        new Dropped("", 1, "drop-oldest"),
                        new Dropped("", 1, "drop-oldest"),
                        new Dropped("", 1, "drop-oldest"));
    }

    /** A request is copied to where one was that is given up for it, or not at all. */
    @ParameterizedTest
    @EnumSource
    void needsNoMoreMemoryOnceItIsFull(OverloadPolicy policy) {
        AdaptiveModel adaptive = adaptive(background()
                .overload(policy)
                .pendingBytes(2L * SlabPool.LEAST_BYTES)
                .adaptationBatch(100));
        Batch request = RowModel.batch(1);
        for (int row = 0; row < 2; row++) {
            adaptive.predict(request);
        }
        long before = directBuffers();
        for (int row = 0; row < 1000; row++) {
            adaptive.predict(request);
        }

        assertThat(heard(Dropped.class)).hasSize(1000);
        assertThat(directBuffers() - before).isLessThan(10);
    }

    private static long directBuffers() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getCount)
                .sum();
    }

    /** In shadow, what the source answered waits too: two rows of two floats. */
    @ParameterizedTest
    @EnumSource
    void countsAllThatWaits(Execution execution) {
        AdaptiveModel adaptive = adaptive(background().execution(execution).adaptationBatch(100));
        adaptive.predict(RowModel.batch(1, 2));
        assertThat(adaptive.pendingBytes()).isEqualTo(SlabPool.LEAST_BYTES);
        adaptive.predict(RowModel.batch(1, 2), Mode.SHADOW);
        assertThat(adaptive.pendingBytes()).isEqualTo(2 * SlabPool.LEAST_BYTES + 2 * 2 * Float.BYTES);
    }

    /** What has not had its turn counts as pending, so that what comes meanwhile has no more room than there is. */
    @ParameterizedTest
    @EnumSource
    void aFlushTakesOneBatchAtATime(Execution execution) {
        AdaptiveModel adaptive =
                adaptive(background().execution(execution).adaptationBatch(2).sliceRows(100));
        List<Long> waiting = new CopyOnWriteArrayList<>();
        model.onForward = rows -> waiting.add(adaptive.pendingSamples());
        adaptive.pause();
        for (int row = 1; row <= 6; row++) {
            adaptive.predict(RowModel.batch(row));
        }
        adaptive.flush();

        assertThat(waiting).containsExactly(4L, 2L, 0L);
        assertThat(theta(adaptive.state())).isEqualTo(1 + 21);
    }
}
