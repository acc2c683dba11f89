package io.tta4j.examples.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.tta4j.examples.server.InferRequest.Wanted;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads infer requests: a JSON object, and behind it, in the order of the inputs, the bytes of those that are binary.
 * Unknown members and parameters are passed over, as the protocol wants it. Safe for use by many threads.
 */
final class InferRequestReader {

    private static final int NONE = -1;

    private final List<InputSpec> inputs;
    private final List<OutputSpec> outputs;
    private final TtaMode defaultMode;
    private final Limits limits;

    InferRequestReader(ServedModel model, Limits limits) {
        this.inputs = model.inputs();
        this.outputs = model.outputs();
        this.defaultMode = model.defaultMode();
        this.limits = limits;
    }

    /**
     * Reads a request.
     *
     * @param jsonLength how much of the body is JSON
     * @param room is asked for the bytes of each tensor before these are taken, and may refuse
     * @throws Refusal if it is malformed, too large or does not fit the model
     */
    InferRequest read(byte[] body, int jsonLength, LongConsumer room) {
        try (JsonParser parser = Json.FACTORY.createParser(body, 0, jsonLength)) {
            Reading reading = new Reading(body, jsonLength, room);
            reading.request(parser);
            if (parser.nextToken() != null) {
                throw Refusal.malformed("the JSON must end with the request's object, but goes on");
            }
            return reading.done();
        } catch (JsonProcessingException e) {
            throw Refusal.malformed(
                    "the body must be the protocol's JSON, but line %d, column %d: %s",
                    e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                    e.getLocation() == null ? 0 : e.getLocation().getColumnNr(),
                    e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Goes through the members of an object, on whose beginning the parser stands. */
    @FunctionalInterface
    private interface Member {
        void read(String name, JsonParser parser) throws IOException;
    }

    private static void members(JsonParser parser, String what, Member member) throws IOException {
        Json.require(parser, JsonToken.START_OBJECT, what);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            member.read(name, parser);
        }
    }

    /** One request's state while it is read. */
    private final class Reading {

        private final byte[] body;
        private final int jsonLength;
        private final LongConsumer room;
        private final Map<String, Tensor> tensors = new LinkedHashMap<>();
        private int binaryOffset;
        private @Nullable String id;
        private String stream = "";
        private TtaMode mode = defaultMode;
        private boolean binaryOutputs;
        private @Nullable List<WantedByName> wanted;

        private record WantedByName(int index, @Nullable Boolean binary) {}

        Reading(byte[] body, int jsonLength, LongConsumer room) {
            this.body = body;
            this.jsonLength = jsonLength;
            this.room = room;
            this.binaryOffset = jsonLength;
        }

        void request(JsonParser parser) throws IOException {
            parser.nextToken();
            members(parser, "the body", (name, value) -> {
                switch (name) {
                    case "id" -> id = Json.text(value, "id");
                    case "parameters" -> members(value, "parameters", this::parameter);
                    case "inputs" -> elements(value, "inputs", this::input);
                    case "outputs" -> {
                        wanted = new ArrayList<>();
                        elements(value, "outputs", this::output);
                    }
                    default -> value.skipChildren();
                }
            });
        }

        private void elements(JsonParser parser, String what, Element element) throws IOException {
            Json.require(parser, JsonToken.START_ARRAY, what);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                element.read(parser);
            }
        }

        private void parameter(String name, JsonParser value) throws IOException {
            switch (name) {
                case "stream" -> stream = key(Json.text(value, "parameter 'stream'"));
                case "tta" -> mode = TtaMode.named(Json.text(value, "parameter 'tta'"));
                case "binary_data_output" -> binaryOutputs = Json.flag(value, "parameter 'binary_data_output'");
                default -> value.skipChildren();
            }
        }

        private String key(String text) {
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > limits.keyBytes()) {
                throw Refusal.malformed(
                        "parameter 'stream' must be at most %d bytes long, but was %d", limits.keyBytes(), bytes);
            }
            return text;
        }

        private void input(JsonParser parser) throws IOException {
            InputDraft draft = new InputDraft();
            members(parser, "an input", (name, value) -> {
                switch (name) {
                    case "name" -> draft.name = Json.text(value, "an input's name");
                    case "datatype" -> draft.datatype = Json.text(value, "an input's datatype");
                    case "shape" -> draft.shape = shape(value);
                    case "parameters" ->
                        members(value, "an input's parameters", (parameter, size) -> {
                            if (parameter.equals("binary_data_size")) {
                                draft.binarySize = Json.integer(size, "binary_data_size");
                            } else {
                                size.skipChildren();
                            }
                        });
                    case "data" -> data(draft, value);
                    default -> value.skipChildren();
                }
            });
            add(draft);
        }

        private long[] shape(JsonParser parser) throws IOException {
            List<Long> extents = new ArrayList<>();
            elements(parser, "an input's shape", value -> {
                if (extents.size() == 16) {
                    throw Refusal.malformed("an input's shape must have at most 16 axes, but had more");
                }
                extents.add(Json.integer(value, "an extent of a shape"));
            });
            return extents.stream().mapToLong(Long::longValue).toArray();
        }

        /** Reads values at once where it is known what they are; else remembers where they lie. */
        private void data(InputDraft draft, JsonParser parser) throws IOException {
            Json.require(parser, JsonToken.START_ARRAY, "an input's data");
            if (draft.isDeclared()) {
                draft.tensor = reader(draft).json(parser, jsonLength);
            } else {
                draft.dataOffset = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
                parser.skipChildren();
            }
        }

        private TensorReader reader(InputDraft draft) {
            return TensorReader.of(spec(draft.name()), draft.datatype(), draft.shape(), limits.rows(), room);
        }

        private InputSpec spec(String name) {
            return inputs.stream()
                    .filter(spec -> spec.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> Refusal.malformed(
                            "inputs must be %s, but one was %s",
                            inputs.stream().map(InputSpec::name).toList(), Quoted.of(name)));
        }

        private void add(InputDraft draft) throws IOException {
            TensorReader reader = reader(draft);
            Tensor tensor = draft.tensor;
            if (draft.binarySize != null) {
                if (tensor != null || draft.dataOffset != NONE) {
                    throw Refusal.malformed(
                            "input %s must have data or binary_data_size, but had both", Quoted.of(draft.name()));
                }
                tensor = binary(reader, draft.name(), draft.binarySize);
            } else if (draft.dataOffset != NONE) {
                try (JsonParser parser =
                        Json.FACTORY.createParser(body, draft.dataOffset, jsonLength - draft.dataOffset)) {
                    parser.nextToken();
                    tensor = reader.json(parser, jsonLength);
                }
            } else if (tensor == null) {
                throw Refusal.malformed("input %s must have data, but had none", Quoted.of(draft.name()));
            }
            if (tensors.put(draft.name(), tensor) != null) {
                throw Refusal.malformed("input %s must be there once, but was twice", Quoted.of(draft.name()));
            }
        }

        private Tensor binary(TensorReader reader, String name, long size) {
            int left = body.length - binaryOffset;
            if (size < 0 || size > left) {
                throw Refusal.malformed(
                        "binary_data_size of input %s must be at most the %d bytes that are left behind the JSON, but was %d",
                        Quoted.of(name), left, size);
            }
            Tensor tensor = reader.bytes(body, binaryOffset, (int) size);
            binaryOffset += (int) size;
            return tensor;
        }

        private void output(JsonParser parser) throws IOException {
            OutputDraft draft = new OutputDraft();
            members(parser, "an output", (name, value) -> {
                switch (name) {
                    case "name" -> draft.name = Json.text(value, "an output's name");
                    case "parameters" ->
                        members(value, "an output's parameters", (parameter, flag) -> {
                            if (parameter.equals("binary_data")) {
                                draft.binary = Json.flag(flag, "binary_data");
                            } else if (parameter.equals("classification")) {
                                throw Refusal.malformed(
                                        "outputs must be asked for as they are, but one had 'classification', which this server does not have");
                            } else {
                                flag.skipChildren();
                            }
                        });
                    default -> value.skipChildren();
                }
            });
            List<WantedByName> all = wanted == null ? List.of() : wanted;
            int index = index(draft.name);
            if (all.stream().anyMatch(other -> other.index() == index)) {
                throw Refusal.malformed("output %s must be asked for once, but was twice", Quoted.of(draft.name));
            }
            all.add(new WantedByName(index, draft.binary));
        }

        private int index(String name) {
            return IntStream.range(0, outputs.size())
                    .filter(i -> outputs.get(i).name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> Refusal.malformed(
                            "outputs must be among %s, but one was %s",
                            outputs.stream().map(OutputSpec::name).toList(), Quoted.of(name)));
        }

        InferRequest done() {
            if (tensors.size() != inputs.size()) {
                throw Refusal.malformed(
                        "inputs must be %s, but were %s",
                        inputs.stream().map(InputSpec::name).toList(), tensors.keySet());
            }
            if (binaryOffset != body.length) {
                throw Refusal.malformed(
                        "the body must end with the last binary input, but has %d bytes more",
                        body.length - binaryOffset);
            }
            long[] rows = tensors.values().stream().mapToLong(Tensor::rows).toArray();
            if (Arrays.stream(rows).distinct().count() > 1) {
                throw Refusal.malformed("all inputs must have the same rows, but had %s", Arrays.toString(rows));
            }
            return new InferRequest(Optional.ofNullable(id), new Adapting(stream, mode), Batch.of(tensors), wanted());
        }

        private List<Wanted> wanted() {
            if (wanted == null || wanted.isEmpty()) {
                return IntStream.range(0, outputs.size())
                        .mapToObj(index -> new Wanted(index, binaryOutputs))
                        .toList();
            }
            return wanted.stream()
                    .map(one -> new Wanted(one.index(), one.binary() == null ? binaryOutputs : one.binary()))
                    .toList();
        }
    }

    @FunctionalInterface
    private interface Element {
        void read(JsonParser parser) throws IOException;
    }

    private static final class OutputDraft {
        private String name = "";
        private @Nullable Boolean binary;
    }

    /** An input whose members come in any order. */
    private static final class InputDraft {

        private @Nullable String name;
        private @Nullable String datatype;
        private long @Nullable [] shape;
        private @Nullable Tensor tensor;
        private @Nullable Long binarySize;
        private int dataOffset = NONE;

        boolean isDeclared() {
            return name != null && datatype != null && shape != null;
        }

        String name() {
            return required(name, "name");
        }

        String datatype() {
            return required(datatype, "datatype");
        }

        long[] shape() {
            return required(shape, "shape");
        }

        private static <T> T required(@Nullable T member, String what) {
            if (member == null) {
                throw Refusal.malformed("an input must have a %s, but one had none", what);
            }
            return member;
        }
    }
}
