package io.tta4j.examples.server;

import io.tta4j.RuntimeConfig;
import io.tta4j.guard.Guards;
import io.tta4j.method.Method;
import io.tta4j.model.AdaptableModel;
import io.tta4j.sar.LinearModel;
import io.tta4j.sar.Tent;
import io.tta4j.sar.TentConfig;
import io.tta4j.snapshot.SnapshotStore;
import java.time.Duration;
import java.util.Optional;

/** Servers for tests, on the linear model, whose logits at the source are its inputs. */
final class Served {

    /** Every batch leads to a step. */
    static final Method METHOD =
            Tent.of(TentConfig.custom().learningRate(0.1).layers("all").build());

    private Served() {}

    static LinearModel model() {
        return LinearModel.of(3, "norm");
    }

    static Limits limits() {
        return new Limits(64 << 10, 256 << 10, 16, 32, 4, 2, 64, Duration.ofSeconds(20), Duration.ofSeconds(20));
    }

    static Limits limits(int inFlight, int workers, Duration time) {
        Limits base = limits();
        return new Limits(
                base.bodyBytes(),
                base.bytesInFlight(),
                base.rows(),
                base.keyBytes(),
                inFlight,
                workers,
                base.connections(),
                time,
                base.stopTime());
    }

    static InferenceServer start(AdaptableModel model, Limits limits) {
        return start(model, Optional.empty(), limits);
    }

    /** @param store closed with the server */
    static InferenceServer start(AdaptableModel model, Optional<SnapshotStore> store, Limits limits) {
        return InferenceServer.start(
                "127.0.0.1", 0, "linear", adapting(model, store, RuntimeConfig.ofDefaults()), limits);
    }

    static AdaptingModel adapting(AdaptableModel model, Optional<SnapshotStore> store, RuntimeConfig runtime) {
        AdaptingConfig config = new AdaptingConfig(METHOD, runtime, Guards.finiteOnly(), false);
        return new AdaptingModel(model, "logits", "closed_form", "linear", config, store);
    }
}
