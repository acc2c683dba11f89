package io.tta4j.stream.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells files that have changed by their names, sizes and times, as make does: their contents are not read. A folder
 * has one stamp for all files that lie in it, so that millions of images take no more than their folders do.
 */
final class FileStamps extends SimpleFileVisitor<Path> {

    /** What replays write, perhaps beside the data. */
    private static final Pattern WRITTEN = Pattern.compile("(?i)(\\..*|.*\\.(json|csv|html|tmp))");

    private final SortedMap<String, String> stamps = new TreeMap<>();
    private final Deque<SortedMap<String, String>> open = new ArrayDeque<>();

    private FileStamps() {}

    /**
     * The stamps of some files, and of some folders and all folders below them.
     *
     * @throws IOException if one is not there or cannot be read
     */
    static Map<String, String> of(List<Path> paths) throws IOException {
        FileStamps found = new FileStamps();
        for (Path path : paths) {
            Files.walkFileTree(path.toRealPath(), EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, found);
        }
        return found.stamps;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        open.push(new TreeMap<>());
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        String name = file.getFileName().toString();
        String stamp = attributes.size() + " " + attributes.lastModifiedTime().toMillis();
        if (open.isEmpty()) {
            stamps.put(file.toString(), stamp);
        } else if (attributes.isRegularFile() && !WRITTEN.matcher(name).matches()) {
            open.element().put(name, stamp);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
        SortedMap<String, String> files = open.pop();
        if (!files.isEmpty()) {
            stamps.put(folder.toString(), digest(files));
        }
        return super.postVisitDirectory(folder, failure);
    }

    private static String digest(SortedMap<String, String> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.forEach((name, stamp) ->
                    digest.update("%s %s%n".formatted(name, stamp).getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
