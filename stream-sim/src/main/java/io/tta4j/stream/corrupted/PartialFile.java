package io.tta4j.stream.corrupted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file under a name of its own until it is whole. The name is always the same: who comes after a killed process finds
 * what it left, and goes on with it or overwrites it.
 *
 * @param target the file's name when it is whole
 */
record PartialFile(Path target) {

    static void write(Path target, byte[] contents) throws IOException {
        PartialFile file = new PartialFile(target);
        Files.write(file.path(), contents);
        file.complete();
    }

    Path path() {
        return target.resolveSibling("." + target.getFileName() + ".partial");
    }

    void complete() throws IOException {
        Files.move(path(), target, StandardCopyOption.ATOMIC_MOVE);
    }
}
