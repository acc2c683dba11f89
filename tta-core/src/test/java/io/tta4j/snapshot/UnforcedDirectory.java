package io.tta4j.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A snapshot directory that waits for no disk, for tests that write tens of thousands of files and cut no power. */
public final class UnforcedDirectory {

    private UnforcedDirectory() {}

    public static SnapshotDirectory open(Path root) throws IOException {
        return SnapshotDirectory.open(root, 1, new Disk() {
            @Override
            void write(Path file, byte[] bytes) throws IOException {
                Files.write(file, bytes);
            }

            @Override
            void forceFolder(Path folder) {}
        });
    }
}
