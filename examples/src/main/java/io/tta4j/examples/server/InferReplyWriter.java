package io.tta4j.examples.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tta4j.examples.server.InferRequest.Wanted;
import io.tta4j.model.Matrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Writes what a model answered, in JSON or, for outputs that are asked for so, in bytes behind it. */
final class InferReplyWriter {

    private final String name;
    private final String version;
    private final List<OutputSpec> outputs;

    InferReplyWriter(String name, String version, List<OutputSpec> outputs) {
        this.name = name;
        this.version = version;
        this.outputs = outputs;
    }

    /** @throws Refusal if the answer is not finite: JSON has no form for it, and it is of no use */
    Reply write(InferRequest request, Inference inference) {
        List<Tensor> tensors = request.outputs().stream()
                .map(wanted -> new Tensor(
                        outputs.get(wanted.index()), wanted, inference.outputs().get(wanted.index())))
                .toList();
        tensors.forEach(Tensor::requireFinite);
        byte[] json = Reply.object(generator -> {
            generator.writeStringField("model_name", name);
            generator.writeStringField("model_version", version);
            if (request.id().isPresent()) {
                generator.writeStringField("id", request.id().get());
            }
            if (inference.report().isPresent()) {
                parameters(inference.report().get(), generator);
            }
            generator.writeArrayFieldStart("outputs");
            for (Tensor tensor : tensors) {
                tensor.write(generator);
            }
            generator.writeEndArray();
        });
        int binaryBytes = tensors.stream().mapToInt(Tensor::binaryBytes).sum();
        if (tensors.stream().noneMatch(tensor -> tensor.wanted().binary())) {
            return new Reply(200, "application/json", -1, ByteBuffer.wrap(json));
        }
        ByteBuffer behind = ByteBuffer.allocate(binaryBytes).order(ByteOrder.LITTLE_ENDIAN);
        tensors.forEach(tensor -> tensor.append(behind));
        return Reply.binary(json, behind.array());
    }

    /** The protocol has strings, numbers and truth values for parameters, and no objects. */
    private static void parameters(TtaReport report, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("parameters");
        json.writeStringField("tta", report.adapting().mode().text());
        json.writeStringField("stream", report.adapting().stream());
        if (report.learning().isPresent()) {
            json.writeStringField("tta_method", report.learning().get().method());
            json.writeNumberField("tta_steps", report.learning().get().steps());
            json.writeNumberField("tta_resets", report.learning().get().resets());
        }
        if (report.agreement().isPresent()) {
            json.writeNumberField("tta_agreement", report.agreement().getAsDouble());
        }
        json.writeEndObject();
    }

    private record Tensor(OutputSpec spec, Wanted wanted, Matrix values) {

        void requireFinite() {
            for (int row = 0; row < values.rows(); row++) {
                for (int column = 0; column < values.columns(); column++) {
                    if (!Float.isFinite(values.get(row, column))) {
                        throw Refusal.of(
                                Refusal.UNANSWERABLE,
                                "the model's answer to row %d is not finite: its values must be in the range that the model was trained on",
                                row);
                    }
                }
            }
        }

        int binaryBytes() {
            return wanted.binary() ? values.rows() * values.columns() * Float.BYTES : 0;
        }

        void write(JsonGenerator json) throws IOException {
            json.writeStartObject();
            json.writeStringField("name", spec.name());
            json.writeStringField("datatype", Datatype.FP32.name());
            json.writeArrayFieldStart("shape");
            json.writeNumber(values.rows());
            json.writeNumber(values.columns());
            json.writeEndArray();
            if (wanted.binary()) {
                json.writeObjectFieldStart("parameters");
                json.writeNumberField("binary_data_size", binaryBytes());
                json.writeEndObject();
            } else {
                json.writeArrayFieldStart("data");
                for (int row = 0; row < values.rows(); row++) {
                    for (int column = 0; column < values.columns(); column++) {
                        json.writeNumber(values.get(row, column));
                    }
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }

        void append(ByteBuffer behind) {
            if (wanted.binary()) {
                for (float value : values.toArray()) {
                    behind.putFloat(value);
                }
            }
        }
    }
}
