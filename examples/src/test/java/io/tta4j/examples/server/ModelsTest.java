package io.tta4j.examples.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.tta4j.RuntimeConfig;
import io.tta4j.engine.InspectableModel;
import io.tta4j.guard.Guards;
import io.tta4j.health.Health;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is served, and tensors of every type on the way to it. */
class ModelsTest {

    /** An input of every type, [N, 2], and no answer. */
    private record Typed() implements ServedModel {

        @Override
        public String platform() {
            return "none";
        }

        @Override
        public List<InputSpec> inputs() {
            return List.of(ElementType.values()).stream()
                    .map(type -> new InputSpec(Datatype.of(type).name(), type, List.of(InputSpec.ANY, 2L)))
                    .toList();
        }

        @Override
        public List<OutputSpec> outputs() {
            return List.of(new OutputSpec("y", 1));
        }

        @Override
        public TtaMode defaultMode() {
            return TtaMode.OFF;
        }

        @Override
        public Inference infer(Batch batch, Adapting adapting) {
            return new Inference(List.of(Matrix.of(1, 1, new float[1])), Optional.empty());
        }

        @Override
        public Health health() {
            return new Health(Health.Status.UP, List.of());
        }

        @Override
        public Optional<String> unready() {
            return Optional.empty();
        }

        @Override
        public void bindTo(MeterRegistry registry) {}

        @Override
        public void close() {}
    }

    private static String input(String type, String payload) {
        return "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[1,2],%s}".formatted(type, type, payload);
    }

    private static String others(String type) {
        StringBuilder others = new StringBuilder();
        for (Datatype other : Datatype.values()) {
            if (!other.name().equals(type) && other != Datatype.FP16) {
                String data = other == Datatype.BOOL ? "[true,false]" : "[1,2]";
                others.append(',').append(input(other.name(), "\"data\":" + data));
            }
        }
        return others.toString();
    }

    private static Tensor read(String type, String json, byte[] behind) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(text, text.length + behind.length);
        System.arraycopy(behind, 0, body, text.length, behind.length);
        InferRequest request =
                new InferRequestReader(new Typed(), Limits.ofDefaults()).read(body, text.length, bytes -> {});
        return Objects.requireNonNull(request.batch().inputs().get(type));
    }

    /** FP16 has no form in JSON: it is there in bytes with every other. */
    private static Tensor json(String type, String data) {
        String half = type.equals("FP16") ? "" : "," + input("FP16", "\"parameters\":{\"binary_data_size\":4}");
        return read(
                type,
                "{\"inputs\":[" + input(type, "\"data\":" + data) + others(type) + half + "]}",
                half.isEmpty() ? new byte[0] : new byte[4]);
    }

    private static Tensor bytes(String type, byte[] behind) {
        String half = type.equals("FP16") ? "" : "," + input("FP16", "\"parameters\":{\"binary_data_size\":4}");
        byte[] all = Arrays.copyOf(behind, behind.length + (half.isEmpty() ? 0 : 4));
        String payload = "\"parameters\":{\"binary_data_size\":%d}".formatted(behind.length);
        return read(type, "{\"inputs\":[" + input(type, payload) + others(type) + half + "]}", all);
    }

    /** Bytes as the types define them, little-endian. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BOOL  | [true,false]                                 | 0100
            UINT8 | [0,255]                                      | 00ff
            INT32 | [-1,2147483647]                              | ffffffffffffff7f
            INT64 | [-9223372036854775808,1]                     | 00000000000000800100000000000000
            FP32  | [-2.5,16777216]                              | 000020c00000804b
            """)
    void jsonAndBinaryTensorsAreTheSame(String type, String data, String hex) {
        byte[] expected = HexFormat.of().parseHex(hex);
        for (Tensor tensor : List.of(json(type, data), bytes(type, expected))) {
            byte[] got = new byte[expected.length];
            ByteBuffer values = tensor.data();
            assertThat(values.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            values.get(got);
            assertThat(got).isEqualTo(expected);
            assertThat(tensor.shape()).containsExactly(1, 2);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BOOL  | [1,0]                  | true or false
            UINT8 | [0,256]                | in 0..255
            UINT8 | [-1,0]                 | in 0..255
            INT32 | [2147483648,0]         | in the range of INT32
            INT32 | [1.0,0]                | an integer
            INT64 | [9223372036854775808,0]| out of range of long
            FP32  | [3.5e38,0]             | finite
            FP16  | [1,2]                  | must be binary
            """)
    void valuesMustBeOfTheirType(String type, String data, String error) {
        assertThatThrownBy(() -> json(type, data)).isInstanceOf(Refusal.class).hasMessageContaining(error);
    }

    @ParameterizedTest
    @CsvSource({"BOOL, 0200, 0 or 1", "FP16, 007c0000, finite", "FP32, 000000000000c07f, finite"})
    void bytesMustBeOfTheirTypeToo(String type, String hex, String error) {
        assertThatThrownBy(() -> bytes(type, HexFormat.of().parseHex(hex)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(error);
    }

    /** The source state is served by the untouched file. */
    @Test
    void thePlainModelAnswersAsTheSourceDoes() throws Exception {
        Path file = DemoNetwork.unpack();
        float[] pixels = new float[4 * 3 * 32 * 32];
        Random random = new Random(5);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        Batch batch = Batch.of("image", Tensor.of(pixels, 4, 3, 32, 32));
        Adapting off = new Adapting("", TtaMode.OFF);
        InspectableModel loaded =
                OnnxModel.load(file, OnnxOptions.custom().intraOpThreads(1).build());
        try (ServedModel adapting = new AdaptingModel(
                        loaded,
                        AdaptingModel.output(loaded),
                        "onnxruntime_onnx",
                        "shapes",
                        new AdaptingConfig(Served.METHOD, RuntimeConfig.ofDefaults(), Guards.ofDefaults(), false),
                        Optional.empty());
                ServedModel plain = PlainModel.open(file, 1, false)) {
            assertThat(plain.inputs()).isEqualTo(adapting.inputs());
            assertThat(plain.outputs()).isEqualTo(adapting.outputs());
            assertThat(plain.platform()).isEqualTo(adapting.platform());
            assertThat(plain.infer(batch, off).outputs().get(0).toArray())
                    .isEqualTo(adapting.infer(batch, off).outputs().get(0).toArray());
            assertThatThrownBy(() -> plain.infer(batch, new Adapting("", TtaMode.ON)))
                    .hasMessageContaining("serves the plain model");
        }
    }
}
