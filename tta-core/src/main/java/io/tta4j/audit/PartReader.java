package io.tta4j.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the lines of a part, one after another. By one thread. */
final class PartReader implements AutoCloseable {

    private final Path file;
    private final BufferedReader lines;
    private final FileChannel binary;
    private int number;
    private @Nullable String ahead;
    private boolean torn;

    private PartReader(Path file, BufferedReader lines, FileChannel binary) throws IOException {
        this.file = file;
        this.lines = lines;
        this.binary = binary;
        this.ahead = lines.readLine();
    }

    static PartReader of(Path file) throws IOException {
        FileChannel binary = FileChannel.open(Part.binaryOf(file), StandardOpenOption.READ);
        try {
            // A torn line may end within a character.
            return new PartReader(
                    file,
                    new BufferedReader(new InputStreamReader(
                            Files.newInputStream(file),
                            StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE))),
                    binary);
        } catch (IOException e) {
            binary.close();
            throw e;
        }
    }

    /**
     * The next line; empty at the end, and where all that is left is a last line that was torn.
     *
     * @throws AuditException if a line is damaged that is not the last one
     */
    Optional<Line> next() throws IOException {
        String text = ahead;
        if (text == null) {
            return Optional.empty();
        }
        ahead = lines.readLine();
        number++;
        Optional<Line> line = LineFormat.read(text, new BinaryFile.Written(binary));
        if (line.isEmpty()) {
            if (ahead != null) {
                throw new AuditException("%s must be as it was written, but its line is damaged".formatted(place()));
            }
            torn = true;
        }
        return line;
    }

    /** Whether the last line was torn. */
    boolean isTorn() {
        return torn;
    }

    /** Where the reader is, for messages. */
    String place() {
        return "line %d of %s".formatted(number, file.getFileName());
    }

    @Override
    public void close() throws IOException {
        try (lines;
                binary) {
            ahead = null;
        }
    }
}
