package io.tta4j.examples.server;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;

/**
 * A file a stream, called by the hash of its key. Written aside, flushed to the disk and renamed, so that a kill leaves
 * the file before or the file after; a checksum at its end tells a damaged one.
 */
final class StateFolder implements StateKeeper {

    private static final int MAGIC = 0x74746134;

    private final Path folder;
    private final String model;
    private final int parameters;

    /**
     * @param model what the states belong to, such as the hash of the model's file and the method's name: others are
     *     passed over
     * @param parameters P
     */
    StateFolder(Path folder, String model, int parameters) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.model = model;
        this.parameters = parameters;
    }

    private Path file(String stream) {
        return folder.resolve(KeyHash.full(stream) + ".state");
    }

    @Override
    public void save(String stream, State state) throws IOException {
        Path file = file(stream);
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        CRC32 sum = new CRC32();
        try (FileChannel channel = FileChannel.open(
                        aside,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                DataOutputStream out = new DataOutputStream(
                        new CheckedOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)), sum))) {
            out.writeInt(MAGIC);
            out.writeUTF(model);
            write(state, out);
            out.writeLong(sum.getValue());
            out.flush();
            channel.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void write(State state, DataOutputStream out) throws IOException {
        out.writeInt(state.vectors().size());
        for (Map.Entry<String, Vector> vector : state.vectors().entrySet()) {
            out.writeUTF(vector.getKey());
            float[] values = vector.getValue().toArray();
            out.writeInt(values.length);
            for (float value : values) {
                out.writeFloat(value);
            }
        }
        out.writeInt(state.scalars().size());
        for (Map.Entry<String, Double> scalar : state.scalars().entrySet()) {
            out.writeUTF(scalar.getKey());
            out.writeDouble(scalar.getValue());
        }
        out.writeInt(state.words().size());
        for (Map.Entry<String, List<String>> words : state.words().entrySet()) {
            out.writeUTF(words.getKey());
            out.writeInt(words.getValue().size());
            for (String word : words.getValue()) {
                out.writeUTF(word);
            }
        }
    }

    @Override
    public Optional<State> restore(String stream) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file(stream));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        int summed = bytes.length - Long.BYTES;
        CRC32 sum = new CRC32();
        sum.update(bytes, 0, Math.max(summed, 0));
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (summed < 0
                    || in.readInt() != MAGIC
                    || sum.getValue() != ByteBuffer.wrap(bytes).getLong(summed)) {
                throw new IOException("'%s' must be a state as it was written, but is damaged".formatted(file(stream)));
            }
            if (!in.readUTF().equals(model)) {
                return Optional.empty();
            }
            State state = read(in);
            return state.theta().size() == parameters ? Optional.of(state) : Optional.empty();
        } catch (EOFException e) {
            throw new IOException("'%s' must be a state as it was written, but ends early".formatted(file(stream)), e);
        }
    }

    private static State read(DataInputStream in) throws IOException {
        Map<String, Vector> vectors = new TreeMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            String name = in.readUTF();
            float[] values = new float[in.readInt()];
            for (int k = 0; k < values.length; k++) {
                values[k] = in.readFloat();
            }
            vectors.put(name, Vector.of(values));
        }
        Map<String, Double> scalars = new TreeMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            scalars.put(in.readUTF(), in.readDouble());
        }
        Map<String, List<String>> words = new TreeMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            String name = in.readUTF();
            List<String> list = new ArrayList<>();
            for (int k = in.readInt(); k > 0; k--) {
                list.add(in.readUTF());
            }
            words.put(name, list);
        }
        return new State(vectors, scalars, words);
    }
}
