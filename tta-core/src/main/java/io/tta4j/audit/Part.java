package io.tta4j.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One part of a trail: a file of lines and the binary file beside it. Written by one thread at a time. */
final class Part implements AutoCloseable {

    static final String LINES = ".jsonl";
    static final String BINARY = ".bin";

    private static final Pattern NAME = Pattern.compile("audit-(\\d{6,9})\\" + LINES);

    private final Path file;
    private final FileChannel lines;
    private final FileChannel binary;
    private final boolean forced;
    private int written;
    private long size;
    private long binarySize;

    private Part(Path file, FileChannel lines, FileChannel binary, boolean forced) {
        this.file = file;
        this.lines = lines;
        this.binary = binary;
        this.forced = forced;
    }

    /** The parts of a folder, by their files of lines, in the order in which they were written. */
    static List<Path> in(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted((one, other) -> Integer.compare(number(one), number(other)))
                    .toList();
        }
    }

    private static int number(Path lines) {
        Matcher name = NAME.matcher(lines.getFileName().toString());
        return name.matches() ? Integer.parseInt(name.group(1)) : 0;
    }

    static Path binaryOf(Path lines) {
        String name = lines.getFileName().toString();
        return lines.resolveSibling(name.substring(0, name.length() - LINES.length()) + BINARY);
    }

    /**
     * Begins the next part of a folder.
     *
     * @param forced whether every line is forced to the disk
     */
    static Part next(Path folder, boolean forced) throws IOException {
        List<Path> before = in(folder);
        int number = before.isEmpty() ? 1 : number(before.get(before.size() - 1)) + 1;
        Path file = folder.resolve("audit-%06d%s".formatted(number, LINES));
        FileChannel lines = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            FileChannel binary = FileChannel.open(
                    binaryOf(file),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
            return new Part(file, lines, binary, forced);
        } catch (IOException e) {
            lines.close();
            delete(file);
            throw e;
        }
    }

    /** Deletes the oldest parts of a folder until so many are left. */
    static void keep(Path folder, int parts) throws IOException {
        List<Path> all = in(folder);
        for (Path lines : all.subList(0, Math.max(0, all.size() - parts))) {
            delete(lines);
        }
    }

    private static void delete(Path lines) throws IOException {
        Files.deleteIfExists(lines);
        Files.deleteIfExists(binaryOf(lines));
    }

    /** Adds a line: its arrays first, so that a line that is there has all of them. */
    void add(Line line) throws IOException {
        BinaryFile.Stretch stretch = new BinaryFile.Stretch(binarySize);
        byte[] text = LineFormat.write(line, stretch, binarySize);
        ByteBuffer arrays = stretch.written();
        int arrayBytes = arrays.remaining();
        write(binary, arrays);
        if (forced) {
            binary.force(false);
        }
        write(lines, ByteBuffer.wrap(text));
        if (forced) {
            lines.force(false);
        }
        binarySize += arrayBytes;
        size += arrayBytes + text.length;
        written++;
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Closes a part that could not be written on, and deletes it where it has told of no stream yet. */
    void giveUp() throws IOException {
        try (this) {
            if (written < 2) {
                delete(file);
            }
        }
    }

    /** Bytes in both files. */
    long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        try (lines;
                binary) {
            lines.force(true);
            binary.force(true);
        }
    }
}
