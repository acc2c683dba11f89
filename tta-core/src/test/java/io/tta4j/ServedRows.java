package io.tta4j;

import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** {@link RowModel} behind an adaptive model. A test that hangs is one that waits for what must not be waited for. */
@Timeout(120)
abstract class ServedRows {

    static final Duration NEVER = Duration.ofDays(1);

    final RowModel model = new RowModel();
    final List<RuntimeEvent> heard = new CopyOnWriteArrayList<>();
    final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    static RuntimeConfig.Builder background() {
        return RuntimeConfig.custom()
                .execution(Execution.BACKGROUND)
                .greatestAge(NEVER)
                .budget(Budget.share(1));
    }

    AdaptiveModel adaptive(Method method, RuntimeConfig.Builder config) {
        AdaptiveModel adaptive = AdaptiveModel.of(model, method, config.build());
        opened.add(adaptive);
        adaptive.events().on(RuntimeEvent.class, heard::add);
        return adaptive;
    }

    AdaptiveModel adaptive(RuntimeConfig.Builder config) {
        return adaptive(new RowModel.Summing(), config);
    }

    <E extends RuntimeEvent> List<E> heard(Class<E> type) {
        return heard.stream().filter(type::isInstance).map(type::cast).toList();
    }

    static float theta(State state) {
        return state.theta().get(0);
    }

    static float first(Answer answer) {
        return answer.logits().get(0, 0);
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
