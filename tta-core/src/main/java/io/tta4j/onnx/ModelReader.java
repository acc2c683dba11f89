package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import io.tta4j.onnx.graph.FileValues;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Parses a model file but for its large weights, which stay where they are. */
final class ModelReader {

    private final Path file;
    private final CodedInputStream input;

    private ModelReader(Path file, CodedInputStream input) {
        this.file = file;
        this.input = input;
    }

    static ModelProto read(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return new ModelReader(file, CodedInputStream.newInstance(stream)).model();
        }
    }

    private ModelProto model() throws IOException {
        UnknownFieldSet.Builder rest = UnknownFieldSet.newBuilder();
        GraphProto graph = GraphProto.getDefaultInstance();
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            if (isMessage(tag, ModelProto.GRAPH_FIELD_NUMBER)) {
                int outer = input.pushLimit(input.readRawVarint32());
                graph = graph();
                input.popLimit(outer);
            } else {
                keep(rest, tag);
            }
        }
        ModelProto.Builder model =
                ModelProto.newBuilder().mergeFrom(rest.build().toByteString());
        return model.setGraph(graph).build();
    }

    private GraphProto graph() throws IOException {
        UnknownFieldSet.Builder rest = UnknownFieldSet.newBuilder();
        GraphProto.Builder graph = GraphProto.newBuilder();
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            if (isMessage(tag, GraphProto.INITIALIZER_FIELD_NUMBER)) {
                int outer = input.pushLimit(input.readRawVarint32());
                graph.addInitializer(tensor());
                input.popLimit(outer);
            } else {
                keep(rest, tag);
            }
        }
        return graph.mergeFrom(rest.build().toByteString()).build();
    }

    private TensorProto tensor() throws IOException {
        UnknownFieldSet.Builder rest = UnknownFieldSet.newBuilder();
        long offset = 0;
        int length = 0;
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            if (isMessage(tag, TensorProto.RAW_DATA_FIELD_NUMBER)) {
                int bytes = input.readRawVarint32();
                if (bytes >= FileValues.SMALLEST) {
                    offset = input.getTotalBytesRead();
                    length = bytes;
                    input.skipRawBytes(bytes);
                } else {
                    rest.mergeField(
                            TensorProto.RAW_DATA_FIELD_NUMBER,
                            UnknownFieldSet.Field.newBuilder()
                                    .addLengthDelimited(
                                            com.google.protobuf.ByteString.copyFrom(input.readRawBytes(bytes)))
                                    .build());
                }
            } else {
                keep(rest, tag);
            }
        }
        TensorProto tensor = TensorProto.parseFrom(rest.build().toByteString());
        return length > 0 ? FileValues.of(tensor, file, offset, length) : tensor;
    }

    private static boolean isMessage(int tag, int field) {
        return WireFormat.getTagFieldNumber(tag) == field
                && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private void keep(UnknownFieldSet.Builder rest, int tag) throws IOException {
        if (!rest.mergeFieldFrom(tag, input)) {
            throw new InvalidProtocolBufferException("a group ends that never began");
        }
    }
}
