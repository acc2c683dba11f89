package io.tta4j.djl;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** TorchScript modules to try: small ones that {@code tools/djl/export_fixtures.py} wrote, and trained networks. */
final class Modules {

    private Modules() {}

    static Path small(String file) {
        try {
            return Path.of(Objects.requireNonNull(Modules.class.getResource(file), file)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(file, e);
        }
    }

    static DjlModel load(String file) {
        return DjlModel.load(small(file));
    }

    /** A file of the reference material; the test is skipped where that is absent. */
    static Path shared(String file) {
        Path path = Path.of(System.getProperty("tta4j.root", ".."))
                .resolveSibling("shared")
                .resolve(file);
        assumeTrue(Files.exists(path), () -> "skipped: this needs ../shared/" + file + ", which is not there");
        return path;
    }
}
