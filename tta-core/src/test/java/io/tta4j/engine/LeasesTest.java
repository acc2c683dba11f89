package io.tta4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeasesTest {

    private final AtomicInteger frees = new AtomicInteger();
    private final Leases leases = new Leases("model 'm.onnx'", frees::incrementAndGet);

    @Test
    void freesWithTheOwnerWhereNobodyElseUsesIt() {
        leases.acquire();
        leases.release();
        assertThat(frees).hasValue(0);

        leases.close();
        assertThat(frees).hasValue(1);
    }

    @Test
    void freesOnceWithTheLastUser() {
        leases.acquire();
        leases.acquire();
        leases.close();
        leases.release();
        assertThat(frees).hasValue(0);

        leases.release();
        assertThat(frees).hasValue(1);
    }

    @Test
    void countsTheOwnerOnce() {
        leases.acquire();
        leases.close();
        leases.close();
        assertThat(frees).hasValue(0);

        leases.release();
        leases.close();
        assertThat(frees).hasValue(1);
    }

    @Test
    void takesNoUsersOnceClosed() {
        leases.acquire();
        leases.close();

        assertThatIllegalStateException().isThrownBy(leases::acquire).withMessage("model 'm.onnx' is closed");
        leases.release();
        assertThatIllegalStateException().isThrownBy(leases::acquire).withMessage("model 'm.onnx' is closed");
        assertThat(frees).hasValue(1);
    }

    /** Nobody that has a lease may see it freed. */
    @Test
    void freesAfterAllThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Boolean> user = () -> {
                for (int i = 0; i < 2000; i++) {
                    try {
                        leases.acquire();
                    } catch (IllegalStateException e) {
                        return true;
                    }
                    boolean alive = frees.get() == 0;
                    leases.release();
                    if (!alive) {
                        return false;
                    }
                }
                return true;
            };
            List<Future<Boolean>> users = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                users.add(threads.submit(user));
            }
            threads.submit(leases::close).get();
            for (Future<Boolean> result : users) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            threads.shutdown();
        }
        assertThat(frees).hasValue(1);
    }
}
