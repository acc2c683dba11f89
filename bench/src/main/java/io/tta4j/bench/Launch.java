package io.tta4j.bench;

import java.nio.file.Path;

/** What the launchers in this module's folder tell. */
final class Launch {

    private Launch() {}

    /** The repository's root: where the launchers say, or else the working directory. */
    static Path root() {
        return Path.of(System.getProperty("tta4j.root", ""));
    }
}
