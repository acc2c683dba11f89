package io.tta4j.examples.server;

import io.tta4j.method.Method;
import io.tta4j.model.AdaptableModel;
import io.tta4j.snapshot.SnapshotException;
import io.tta4j.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;

/**
 * A store that has been asked for the state of the stream without a key, which the runtime reads before anyone can
 * listen to it.
 *
 * @param store one that a model can start with
 * @param troubles what is amiss, a sentence each
 */
record CheckedStore(SnapshotStore store, List<String> troubles) {

    static CheckedStore of(SnapshotStore store, AdaptableModel model, Method method) {
        if (store instanceof UnavailableStore unavailable) {
            return new CheckedStore(store, List.of(unavailable.reason()));
        }
        try {
            return new CheckedStore(
                    store,
                    store.latest("", model.fingerprint(), method.name())
                            .map(latest -> latest.damaged())
                            .orElse(List.of()));
        } catch (SnapshotException e) {
            return new CheckedStore(store, List.of(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage());
            return new CheckedStore(new UnavailableStore(reason), List.of(reason));
        }
    }
}
