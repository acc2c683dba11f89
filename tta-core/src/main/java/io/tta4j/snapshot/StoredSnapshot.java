package io.tta4j.snapshot;

import java.util.List;

/**
 * A snapshot as a store had it.
 *
 * @param version the store's number for it
 * @param snapshot what was in it
 * @param damaged why newer versions were passed over, newest first; empty where this is the newest
 */
public record StoredSnapshot(long version, Snapshot snapshot, List<String> damaged) {

    public StoredSnapshot {
        damaged = List.copyOf(damaged);
    }
}
