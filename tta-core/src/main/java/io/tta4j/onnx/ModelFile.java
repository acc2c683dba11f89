package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.tta4j.engine.Fingerprint;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.FileValues;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.SessionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model where it lies: in a file, with others beside it that may hold weights, or in the caller's memory. Is
 * not read before it is asked for, and holds nothing of what it read.
 */
abstract sealed class ModelFile {

    private static final String EXAMPLE = "expected an ONNX file such as torch.onnx.export writes";

    private final String name;

    private ModelFile(String name) {
        this.name = name;
    }

    static ModelFile at(Path file) {
        return new OnDisk(file.toAbsolutePath());
    }

    /** @param bytes the file's bytes with all weights inside; not copied */
    static ModelFile of(byte[] bytes, String name) {
        return new InMemory(bytes, name, Fingerprint.of(bytes), Optional.empty());
    }

    /** What messages call it. */
    String name() {
        return name;
    }

    /** What a user should know about how it is run; empty where it is run as it is. */
    Optional<String> remark() {
        return Optional.empty();
    }

    /** Another form of the same model, in memory with all of its weights, and what a user should know about it. */
    ModelFile with(ModelProto model, String remark) {
        ModelProto.Builder whole = model.toBuilder();
        for (int i = 0; i < model.getGraph().getInitializerCount(); i++) {
            TensorProto tensor = model.getGraph().getInitializer(i);
            if (FileValues.holds(tensor)) {
                whole.getGraphBuilder().setInitializer(i, FileValues.loaded(tensor));
            }
        }
        return new InMemory(whole.build().toByteArray(), name, fingerprint(), Optional.of(remark));
    }

    /**
     * Reads the model, but for its large weights, which are read from where they are when they are needed.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws ModelException if it is no ONNX file, or not the one any more that was read first
     */
    ModelProto read() {
        ModelProto model;
        try {
            model = parse();
        } catch (InvalidProtocolBufferException e) {
            throw new ModelException("'%s' is no ONNX model: %s".formatted(name, EXAMPLE), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!model.hasGraph() || model.getGraph().getNodeCount() == 0 || model.getOpsetImportCount() == 0) {
            throw new ModelException("'%s' is no ONNX model: it holds no graph; %s".formatted(name, EXAMPLE));
        }
        return model;
    }

    abstract ModelProto parse() throws IOException;

    /** What the files held that the model was first read from; another form of it has that of its origin. */
    abstract Fingerprint fingerprint();

    /** Opens a session over the model as it is. */
    abstract NativeSession open(SessionSettings settings);

    /**
     * Opens a session over the model that also hands out one of its tensors.
     *
     * @param tensor one that a node of its graph makes, and no output of it
     */
    abstract NativeSession open(SessionSettings settings, String tensor);

    /** A file with one more output. Of protocol buffers that follow each other, a parser makes one message. */
    private static byte[] with(byte[] file, String output) {
        byte[] further = ModelProto.newBuilder()
                .setGraph(GraphProto.newBuilder()
                        .addOutput(ValueInfoProto.newBuilder().setName(output)))
                .build()
                .toByteArray();
        byte[] both = Arrays.copyOf(file, file.length + further.length);
        System.arraycopy(further, 0, both, file.length, further.length);
        return both;
    }

    private static final class InMemory extends ModelFile {

        private final byte[] bytes;
        private final Fingerprint fingerprint;
        private final Optional<String> remark;

        InMemory(byte[] bytes, String name, Fingerprint fingerprint, Optional<String> remark) {
            super(name);
            this.bytes = bytes;
            this.fingerprint = fingerprint;
            this.remark = remark;
        }

        @Override
        Optional<String> remark() {
            return remark;
        }

        @Override
        Fingerprint fingerprint() {
            return fingerprint;
        }

        @Override
        ModelProto parse() throws IOException {
            // Weights stay where they are: the parsed model points into the bytes.
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            input.enableAliasing(true);
            ModelProto model = ModelProto.parseFrom(input);
            for (TensorProto tensor : model.getGraph().getInitializerList()) {
                if (FileValues.holds(tensor)) {
                    throw new ModelException(
                            "'%s' must hold all of its weights, but keeps '%s' in another file; load it from its path"
                                    .formatted(name(), tensor.getName()));
                }
            }
            return model;
        }

        @Override
        NativeSession open(SessionSettings settings) {
            return NativeSession.open(bytes, settings);
        }

        @Override
        NativeSession open(SessionSettings settings, String tensor) {
            return NativeSession.open(ModelFile.with(bytes, tensor), settings);
        }
    }

    private static final class OnDisk extends ModelFile {

        private final Path file;
        private @Nullable Fingerprint first;

        OnDisk(Path file) {
            super(String.valueOf(file.getFileName()));
            this.file = file;
        }

        @Override
        Fingerprint fingerprint() {
            return Objects.requireNonNull(first, "a file that was not read has no fingerprint");
        }

        @Override
        ModelProto parse() throws IOException {
            SortedSet<Path> parts = new TreeSet<>();
            parts.add(file);
            ModelProto.Builder model = ModelReader.read(file).toBuilder();
            for (int i = 0; i < model.getGraph().getInitializerCount(); i++) {
                TensorProto tensor = model.getGraph().getInitializer(i);
                // What the reader left in this file has an absolute location already.
                if (FileValues.holds(tensor) && !FileValues.file(tensor).isAbsolute()) {
                    TensorProto located = located(tensor);
                    parts.add(FileValues.file(located));
                    model.getGraphBuilder()
                            .setInitializer(
                                    i,
                                    FileValues.length(located) < FileValues.SMALLEST
                                            ? FileValues.loaded(located)
                                            : located);
                }
            }
            requireUnchanged(Fingerprint.of(parts));
            return model.build();
        }

        private TensorProto located(TensorProto tensor) throws IOException {
            Map<String, String> where = FileValues.entries(tensor);
            Path folder = file.resolveSibling("").normalize();
            Path data = folder.resolve(FileValues.file(tensor)).normalize();
            if (!data.startsWith(folder)) {
                throw new ModelException("'%s' keeps weights '%s' outside of its own folder, in '%s'"
                        .formatted(name(), tensor.getName(), FileValues.file(tensor)));
            }
            long offset = Long.parseLong(where.getOrDefault("offset", "0"));
            long size = Files.size(data);
            long length = Long.parseLong(where.getOrDefault("length", Long.toString(size - offset)));
            if (offset + length > size) {
                throw new ModelException("'%s' must hold %d bytes of weights '%s' at %d, but ends before"
                        .formatted(data.getFileName(), length, tensor.getName(), offset));
            }
            return FileValues.of(tensor, data, offset, length);
        }

        private void requireUnchanged(Fingerprint now) {
            Fingerprint then = first;
            if (then == null) {
                first = now;
            } else if (!then.equals(now)) {
                throw new ModelException(
                        ("'%s' must stay as it is while the model is in use, but has changed since it was loaded, from %s to %s;"
                                        + " load the model again, and put new models beside old ones")
                                .formatted(name(), then, now));
            }
        }

        @Override
        NativeSession open(SessionSettings settings) {
            return NativeSession.open(file, settings);
        }

        @Override
        NativeSession open(SessionSettings settings, String tensor) {
            try {
                return NativeSession.open(
                        ModelFile.with(Files.readAllBytes(file), tensor),
                        Optional.ofNullable(file.getParent()),
                        settings);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
