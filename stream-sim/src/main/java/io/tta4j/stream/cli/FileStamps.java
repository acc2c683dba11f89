package io.tta4j.stream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Tells files that have changed by their names, sizes and times, as make does: their contents are not read. */
final class FileStamps {

    /** What replays write, perhaps beside the data. */
    private static final Pattern WRITTEN = Pattern.compile("(?i)(\\..*|.*\\.(json|csv|html|tmp))");

    private FileStamps() {}

    /**
     * The stamps of some files, and of all files below some folders.
     *
     * @throws IOException if one is not there or cannot be read
     */
    static Map<String, String> of(List<Path> paths) throws IOException {
        Map<String, String> stamps = new TreeMap<>();
        for (Path path : paths) {
            Path root = path.toRealPath();
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile)
                        .filter(file ->
                                !WRITTEN.matcher(file.getFileName().toString()).matches())
                        .toList()) {
                    stamps.put(
                            file.toString(),
                            Files.size(file) + " "
                                    + Files.getLastModifiedTime(file).toMillis());
                }
            }
        }
        return stamps;
    }
}
