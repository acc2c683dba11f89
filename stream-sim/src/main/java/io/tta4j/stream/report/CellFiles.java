package io.tta4j.stream.report;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.tta4j.stream.metric.ClassCounts;
import io.tta4j.stream.metric.Hits;
import io.tta4j.stream.replay.Cell;
import io.tta4j.stream.replay.Cells;
import io.tta4j.stream.replay.ReplayResult;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the results of finished cells as files of a folder, each written aside and renamed. A file's name has a hash of
 * the cell and of all else that determines its results: a replay of anything else does not find it.
 */
public final class CellFiles implements Cells {

    private static final int NAME_BYTES = 16;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new SimpleModule()
                    .addSerializer(Hits.class, new HitsWriter())
                    .addDeserializer(Hits.class, new HitsReader())
                    .addSerializer(ClassCounts.class, new CountsWriter())
                    .addDeserializer(ClassCounts.class, new CountsReader()))
            .visibility(PropertyAccessor.GETTER, Visibility.NONE)
            .visibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .build();

    private static final ObjectMapper SORTED = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .addModule(new Jdk8Module())
            .build();

    private final Path folder;
    private final byte[] determinants;
    private final Set<Path> used = new LinkedHashSet<>();

    private CellFiles(Path folder, byte[] determinants) {
        this.folder = folder;
        this.determinants = determinants;
    }

    /**
     * The cells in a folder, which need not be there yet.
     *
     * @param determinants what results depend on beside the stream: the model, the data, the methods and their
     *     settings, the protocol, the versions. Values are strings, numbers, lists and maps of these
     * @throws IOException if these cannot be written as JSON
     */
    public static CellFiles in(Path folder, Map<String, Object> determinants) throws IOException {
        return new CellFiles(folder, SORTED.writeValueAsBytes(determinants));
    }

    @Override
    public Optional<List<ReplayResult>> find(Cell cell) throws IOException {
        Path file = file(cell);
        try {
            ReplayResult[] results = MAPPER.readValue(Files.readAllBytes(file), ReplayResult[].class);
            used.add(file);
            return Optional.of(List.of(results));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            // Renamed whole, so it is damaged or of another version: what it held is replayed again.
            return Optional.empty();
        }
    }

    @Override
    public void keep(Cell cell, List<ReplayResult> results) throws IOException {
        Files.createDirectories(folder);
        Path file = file(cell);
        OutputFile.at(file).write(out -> out.write(MAPPER.writeValueAsBytes(results)));
        used.add(file);
    }

    /**
     * Deletes the cells that were kept or found, and what a kill has left of them: what they held is in the report. The
     * folder goes with the last.
     */
    public void delete() throws IOException {
        for (Path file : used) {
            Files.deleteIfExists(file);
            try (DirectoryStream<Path> halves = Files.newDirectoryStream(folder, "." + file.getFileName() + ".*.tmp")) {
                for (Path half : halves) {
                    Files.deleteIfExists(half);
                }
            }
        }
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // Cells of another replay, which may go on.
            return;
        }
    }

    private Path file(Cell cell) throws IOException {
        MessageDigest digest = sha256();
        digest.update(determinants);
        digest.update(SORTED.writeValueAsBytes(List.of(cell.setting(), cell.seed(), cell.stream(), cell.digest())));
        String name =
                "%s.%d.%s".formatted(cell.setting(), cell.seed(), cell.stream()).replaceAll("[^A-Za-z0-9._-]", "_");
        String hash = HexFormat.of().formatHex(digest.digest(), 0, NAME_BYTES);
        return folder.resolve("%s.%s.json".formatted(name, hash));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static final class HitsWriter extends StdSerializer<Hits> {

        private static final long serialVersionUID = 1;

        HitsWriter() {
            super(Hits.class);
        }

        @Override
        public void serialize(Hits hits, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(hits.size() + ":" + hits.toBase64());
        }
    }

    private static final class HitsReader extends StdDeserializer<Hits> {

        private static final long serialVersionUID = 1;

        HitsReader() {
            super(Hits.class);
        }

        @Override
        public Hits deserialize(JsonParser in, DeserializationContext context) throws IOException {
            String text = in.getText();
            int colon = text.indexOf(':');
            return Hits.ofBase64(text.substring(colon + 1), Integer.parseInt(text.substring(0, colon)));
        }
    }

    private static final class CountsWriter extends StdSerializer<ClassCounts> {

        private static final long serialVersionUID = 1;

        CountsWriter() {
            super(ClassCounts.class);
        }

        @Override
        public void serialize(ClassCounts counts, JsonGenerator out, SerializerProvider provider) throws IOException {
            int[] values = counts.toArray();
            out.writeArray(values, 0, values.length);
        }
    }

    private static final class CountsReader extends StdDeserializer<ClassCounts> {

        private static final long serialVersionUID = 1;

        CountsReader() {
            super(ClassCounts.class);
        }

        @Override
        public ClassCounts deserialize(JsonParser in, DeserializationContext context) throws IOException {
            JsonNode values = in.readValueAsTree();
            int[] counts = new int[values.size()];
            for (int number = 0; number < counts.length; number++) {
                counts[number] = values.get(number).asInt();
            }
            return ClassCounts.of(counts);
        }
    }
}
