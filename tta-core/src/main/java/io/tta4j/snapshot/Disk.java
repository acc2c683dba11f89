package io.tta4j.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** What a snapshot directory does to the disk. */
class Disk {

    private static final boolean FOLDERS_CAN_BE_FORCED =
            !System.getProperty("os.name").startsWith("Windows");

    void createFolder(Path folder) throws IOException {
        Files.createDirectory(folder);
    }

    /** Writes a file, in place of one that is there, and waits until it is on the disk. */
    void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    /** Renames a file or a folder at once; a file that has the name is replaced. */
    void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Waits until the names in a folder are on the disk. Windows has no such thing, and needs none. */
    void forceFolder(Path folder) throws IOException {
        if (FOLDERS_CAN_BE_FORCED) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }
}
