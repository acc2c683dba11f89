package io.tta4j.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.file.SafeTensors.Entry;
import io.tta4j.file.SafeTensors.Kind;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SafeTensorsTest {

    private static final Kind KIND = new Kind("test", "a test");

    private static SafeTensors read(byte[] bytes) {
        return SafeTensors.of(bytes, Path.of("t.safetensors"), KIND);
    }

    private static Map<String, Entry> tensors(Object... namesAndTensors) {
        Map<String, Entry> tensors = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTensors.length; i += 2) {
            tensors.put((String) namesAndTensors[i], (Entry) namesAndTensors[i + 1]);
        }
        return tensors;
    }

    /** Byte by byte, as https://huggingface.co/docs/safetensors describes the format. */
    @Test
    void theBytesAreThoseOfTheFormat() throws IOException {
        byte[] bytes = SafeTensors.bytes(
                Map.of("who", "a \"b\""), tensors("s", Entry.of(-2.5), "m", Entry.of(Matrix.of(1, 2, new float[] {1, 2
                }))));

        String header = """
                {"__metadata__":{"who":"a \\"b\\""},"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]},\
                "m":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}""";
        String padded = header + " ".repeat(7 - (header.length() + 7) % 8);
        ByteBuffer expected = ByteBuffer.allocate(8 + padded.length() + 16).order(ByteOrder.LITTLE_ENDIAN);
        expected.putLong(padded.length()).put(padded.getBytes(StandardCharsets.UTF_8));
        expected.putDouble(-2.5).putFloat(1).putFloat(2);
        assertThat(bytes).isEqualTo(expected.array());
    }

    @Test
    void bitsSurvive() throws IOException {
        int[] floats = {0x7fc00001, 0xffc12345, 0x7f800000, 0x80000000, 1, 0x3dcccccd};
        float[] values = new float[floats.length];
        for (int i = 0; i < floats.length; i++) {
            values[i] = Float.intBitsToFloat(floats[i]);
        }
        long[] doubles = {0x7ff8000000000001L, 0xfff8123456789abcL, 0x8000000000000000L, 1L};
        Map<String, Entry> tensors = new LinkedHashMap<>();
        tensors.put("v", Entry.of(Vector.of(values)));
        for (long bits : doubles) {
            tensors.put(Long.toHexString(bits), Entry.of(Double.longBitsToDouble(bits)));
        }

        SafeTensors file = read(SafeTensors.bytes(Map.of(), tensors));

        float[] read = file.vector("v").toArray();
        for (int i = 0; i < floats.length; i++) {
            assertThat(Float.floatToRawIntBits(read[i])).isEqualTo(floats[i]);
        }
        for (long bits : doubles) {
            assertThat(file.isScalar(Long.toHexString(bits))).isTrue();
            assertThat(Double.doubleToRawLongBits(file.scalar(Long.toHexString(bits))))
                    .isEqualTo(bits);
        }
        assertThat(file.isScalar("v")).isFalse();
    }

    @Test
    void namesAndWordsAreAnyText() throws IOException {
        Map<String, String> words = Map.of("naïve/犬 \"\\\n\t", "~0 \u0000 𝄞");

        SafeTensors file = read(SafeTensors.bytes(words, tensors("/a~1b.c", Entry.of(1.0), "", Entry.of(Vector.of()))));

        assertThat(file.metadata()).isEqualTo(words);
        assertThat(file.names()).containsExactly("/a~1b.c", "");
        assertThat(file.scalar("/a~1b.c")).isEqualTo(1);
        assertThat(file.vector("")).isEqualTo(Vector.of());
    }

    @Test
    void aTensorOfAnotherTypeIsRefused() throws IOException {
        SafeTensors file =
                read(SafeTensors.bytes(Map.of(), tensors("s", Entry.of(1.0), "v", Entry.of(Vector.of(1, 2)))));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> file.scalar("v"))
                .withMessage(
                        "'t.safetensors' must be a test file, but it has no tensor 'v' of type F64 within its bytes; make it with a test");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> file.vector("s"))
                .withMessageContaining("it has no tensor 's' of type F32");
    }
}
