package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.tta4j.model.ModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** An ONNX file as it was read. */
final class ModelFile {

    private static final String EXAMPLE = "expected an ONNX file such as torch.onnx.export writes";

    private final String name;
    private final byte[] bytes;
    private final ModelProto proto;

    private ModelFile(String name, byte[] bytes, ModelProto proto) {
        this.name = name;
        this.bytes = bytes;
        this.proto = proto;
    }

    /**
     * @throws UncheckedIOException if the file cannot be read
     * @throws ModelException if it is no ONNX file
     */
    static ModelFile read(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ModelFile model = parse(String.valueOf(file.getFileName()), bytes);
        return model.hasExternalData() ? model.withExternalData(file.toAbsolutePath()) : model;
    }

    static ModelFile parse(String name, byte[] bytes) {
        ModelProto proto;
        try {
            // Weights stay where they are: the parsed model points into the bytes.
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            input.enableAliasing(true);
            proto = ModelProto.parseFrom(input);
        } catch (IOException e) {
            throw new ModelException("'%s' is no ONNX model: %s".formatted(name, EXAMPLE), e);
        }
        if (!proto.hasGraph() || proto.getGraph().getNodeCount() == 0 || proto.getOpsetImportCount() == 0) {
            throw new ModelException("'%s' is no ONNX model: it holds no graph; %s".formatted(name, EXAMPLE));
        }
        return new ModelFile(name, bytes, proto);
    }

    /** What messages call it. */
    String name() {
        return name;
    }

    /** One self-contained model: weights that lay in files beside it are inside. Not a copy. */
    byte[] bytes() {
        return bytes;
    }

    /** The same, parsed. */
    ModelProto proto() {
        return proto;
    }

    private boolean hasExternalData() {
        return proto.getGraph().getInitializerList().stream().anyMatch(ModelFile::isExternal);
    }

    private static boolean isExternal(TensorProto tensor) {
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    }

    /** Sessions are made from memory, where ONNX Runtime has no folder to look for weights in. */
    private ModelFile withExternalData(Path file) {
        ModelProto.Builder complete = proto.toBuilder();
        for (int i = 0; i < proto.getGraph().getInitializerCount(); i++) {
            TensorProto tensor = proto.getGraph().getInitializer(i);
            if (isExternal(tensor)) {
                complete.getGraphBuilder().setInitializer(i, load(file, tensor));
            }
        }
        ModelProto model = complete.build();
        return new ModelFile(name, model.toByteArray(), model);
    }

    private TensorProto load(Path file, TensorProto tensor) {
        Map<String, String> where = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            where.put(entry.getKey(), entry.getValue());
        }
        Path folder = file.resolveSibling("").normalize();
        Path data = folder.resolve(where.getOrDefault("location", "")).normalize();
        if (!data.startsWith(folder)) {
            throw new ModelException("'%s' keeps weights '%s' outside of its own folder, in '%s'"
                    .formatted(name, tensor.getName(), where.get("location")));
        }
        try (FileChannel channel = FileChannel.open(data)) {
            long offset = Long.parseLong(where.getOrDefault("offset", "0"));
            long length = Long.parseLong(where.getOrDefault("length", Long.toString(channel.size() - offset)));
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
            while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {
                // A channel may give less than asked for.
            }
            if (bytes.hasRemaining()) {
                throw new ModelException("'%s' must hold %d bytes of weights '%s' at %d, but ends before"
                        .formatted(data.getFileName(), length, tensor.getName(), offset));
            }
            return tensor.toBuilder()
                    .clearExternalData()
                    .clearDataLocation()
                    .setRawData(ByteString.copyFrom(bytes.flip()))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
