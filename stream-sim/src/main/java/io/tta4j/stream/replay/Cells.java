package io.tta4j.stream.replay;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Where the results of finished cells are kept, so that a replay that did not end need not begin again. */
public interface Cells {

    /** Keeps nothing. */
    Cells NONE = new Cells() {
        @Override
        public Optional<List<ReplayResult>> find(Cell cell) {
            return Optional.empty();
        }

        @Override
        public void keep(Cell cell, List<ReplayResult> results) {}
    };

    /**
     * The results of a cell, a method each, if it was finished before.
     *
     * @throws IOException if it cannot be told
     */
    Optional<List<ReplayResult>> find(Cell cell) throws IOException;

    /**
     * A cell is finished.
     *
     * @throws IOException if it cannot be kept
     */
    void keep(Cell cell, List<ReplayResult> results) throws IOException;
}
