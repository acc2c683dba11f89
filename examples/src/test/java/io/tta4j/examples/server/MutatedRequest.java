package io.tta4j.examples.server;

import static io.tta4j.examples.server.Api.MODEL;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Matcher;

/** A valid request that one to three things have happened to, drawn from a seed. */
final class MutatedRequest {

    private static final String[] VALUES = {
        "1e999",
        "-1",
        "0",
        "1.5",
        "99999999999999999999",
        "2147483648",
        "9223372036854775807",
        "1e-999",
        "-0.0",
        "NaN",
        "Infinity",
        "null",
        "true",
        "\"x\"",
        "[]",
        "{}",
        "[[]]",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "+1",
        "01",
        "0x1",
        "1".repeat(70),
        "\"" + "y".repeat(5000) + "\"",
        "{\"a\":1,\"a\":2}"
    };
    private static final String[] SHAPES = {
        "[1000000000,3]",
        "[9223372036854775807,3]",
        "[4294967297,3]",
        "[-2,3]",
        "[0,3]",
        "[2,-3]",
        "[2]",
        "[]",
        "2",
        "[2,3,1]",
        "[[2,3]]",
        "[3,2]",
        "[1,6]",
        "[17,3]",
        "[65536,65536]",
        "[2.0,3]",
        "[\"2\",3]",
        "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"
    };
    private static final String[] TYPES = {"INT64", "FP16", "BYTES", "BOOL", "fp32", "", "FP32 ", "\\u0046P32", "😀"};
    private static final String[] PARAMETERS = {
        "\"tta\":\"maybe\"",
        "\"tta\":1",
        "\"tta\":{}",
        "\"stream\":null",
        "\"stream\":\"\\ud83d\"",
        "\"stream\":\"../../etc\"",
        "\"stream\":\"" + "k".repeat(40) + "\"",
        "\"binary_data_output\":\"yes\"",
        "\"binary_data_output\":true",
        "\"tta\":\"on\",\"tta\":\"off\"",
        "\"sequence_id\":1e400"
    };
    private static final String[] OUTPUTS = {
        "7",
        "[7]",
        "[{}]",
        "[{\"name\":\"x\"}]",
        "[{\"name\":\"logits\"},{\"name\":\"logits\"}]",
        "[{\"name\":\"logits\",\"parameters\":{\"binary_data\":2}}]",
        "[{\"name\":\"logits\",\"parameters\":[]}]",
        "[{\"name\":\"logits\",\"parameters\":{\"classification\":1}}]"
    };
    private static final String[] LINES = {
        "GET " + MODEL + "/infer HTTP/1.1",
        "POST " + MODEL + "/infer HTTP/9.9",
        "POST " + MODEL + "/infer",
        "POST /v2/models/%6cinear/infer HTTP/1.1",
        "POST /v2/models/%00/infer HTTP/1.1",
        "POST /%zz HTTP/1.1",
        "POST /v2/models/linear/versions//infer HTTP/1.1",
        "POST /v2/models/../infer HTTP/1.1",
        "POST //v2 HTTP/1.1",
        "POST * HTTP/1.1",
        "CONNECT a:1 HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "TRACE / HTTP/1.1",
        "POST http://[::1 HTTP/1.1",
        "PRI * HTTP/2.0",
        "post " + MODEL + "/infer HTTP/1.1",
        "GET / HTTP/0.9",
        " ",
        "POST " + MODEL + "/infer?" + "q".repeat(9000) + " HTTP/1.1"
    };
    private static final String[] HEADERS = {
        "Content-Type: text/plain",
        "Content-Type: application/json; charset=utf-16",
        "Content-Type: ;",
        "Content-Encoding: gzip",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked, chunked",
        "Content-Length: -1",
        "Content-Length: 7",
        "Content-Length: 99999999999999999999",
        "Content-Length: x",
        "Content-Length: 70000",
        "Content-Length: 2000000000",
        "Inference-Header-Content-Length: -1",
        "Inference-Header-Content-Length: 9999",
        "Inference-Header-Content-Length: 0",
        "Inference-Header-Content-Length: 1e3",
        "Inference-Header-Content-Length: 3",
        "Expect: 100-continue",
        "Expect: more",
        "Upgrade: h2c",
        "Connection: keep-alive",
        "Host: b",
        "Host:",
        "No colon",
        ": empty",
        "X: \u0001\u0002",
        " folded",
        "X: " + "h".repeat(9000),
        "Cookie: a=b; c=\"",
        "Accept: nothing/at-all",
        "TE: trailers"
    };

    private final Random random;
    private final List<String> done = new ArrayList<>();
    private final List<String> headers = new ArrayList<>(List.of("Host: a", "Connection: close"));
    private String line = "POST " + MODEL + "/infer HTTP/1.1";
    private String parameters = "\"stream\":\"s%d\",\"tta\":\"on\"";
    private String name = "x";
    private String datatype = "FP32";
    private String shape = "[2,3]";
    private String data = "[1,0.5,-2,0.25,1e-3,7]";
    private String more = "";
    private byte[] behind = {};
    private int behindLie;
    private int lengthLie;
    private boolean chunked;
    private boolean binary;
    private Consumer<byte[]> onJson = json -> {};
    private int cutJson = Integer.MAX_VALUE;

    private MutatedRequest(Random random) {
        this.random = random;
    }

    /**
     * What to send.
     *
     * @param bytes over a connection of its own, a character each
     * @param what the mutations' numbers
     */
    record Sent(String bytes, String what) {

        byte[] raw() {
            return bytes.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    static Sent draw(long seed) {
        MutatedRequest request = new MutatedRequest(new Random(seed));
        return request.build();
    }

    private String one(String... of) {
        return of[random.nextInt(of.length)];
    }

    private Sent build() {
        parameters = parameters.formatted(random.nextInt(20)).replace("on", one("on", "off", "shadow"));
        binary = random.nextInt(3) == 0;
        if (binary) {
            behind = Api.bytes(1, 0.5f, -2, 0.25f, 1e-3f, 7);
        }
        for (int i = random.nextInt(3); i >= 0; i--) {
            mutate();
        }
        return assemble();
    }

    private void mutate() {
        int kind = random.nextInt(18);
        done.add(String.valueOf(kind));
        switch (kind) {
            case 0 -> cutJson = random.nextInt(200);
            case 1 -> onJson = json -> json[random.nextInt(json.length)] ^= (byte) (1 << random.nextInt(8));
            case 2 -> onJson = json -> json[random.nextInt(json.length)] = (byte) random.nextInt(256);
            case 3 -> data = data.replaceFirst("0\\.5", Matcher.quoteReplacement(one(VALUES)));
            case 4 -> shape = one(SHAPES);
            case 5 -> datatype = one(TYPES);
            case 6 -> parameters = one(PARAMETERS);
            case 7 -> more = ",\"outputs\":" + one(OUTPUTS);
            case 8 -> data = one("[", "[[[[", "{\"a\":", "[{").repeat(1 + random.nextInt(2000));
            case 9 ->
                data = one(
                        "[[1,0.5,-2],[0.25,1e-3,7]]",
                        "[[1,0.5],[-2,0.25,1e-3,7]]",
                        "[[[1,2,3],[4,5,6]]]",
                        "7",
                        "\"AAAA\"");
            case 10 ->
                more = ","
                        + one(
                                "\"id\":7",
                                "\"id\":\"a\",\"id\":\"b\"",
                                "\"inputs\":[]",
                                "\"inputs\":null",
                                "}{",
                                "\"\":\"\"");
            case 11 -> behindLie = random.nextInt(64) - 32;
            case 12 -> {
                behind = new byte[random.nextInt(64)];
                random.nextBytes(behind);
            }
            case 13 -> line = one(LINES);
            case 14, 15 -> headers.add(one(HEADERS));
            case 16 -> lengthLie = random.nextInt(400) - 200;
            default -> chunked = true;
        }
    }

    private Sent assemble() {
        String payload =
                binary ? "\"parameters\":{\"binary_data_size\":%d}".formatted(24 + behindLie) : "\"data\":" + data;
        List<String> members = new ArrayList<>(List.of(
                "\"name\":\"" + name + "\"", "\"datatype\":\"" + datatype + "\"", "\"shape\":" + shape, payload));
        Collections.shuffle(members, random);
        String input = "{" + String.join(",", members) + "}";
        String json = "{\"parameters\":{%s},\"inputs\":[%s%s]%s}"
                .formatted(parameters, input, random.nextInt(40) == 0 ? "," + input : "", more);
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        onJson.accept(text);
        text = Arrays.copyOf(text, Math.min(text.length, cutJson));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(text);
        body.writeBytes(behind);
        if (binary || behind.length > 0) {
            headers.add(InferRoute.JSON_LENGTH + ": " + text.length);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        if (chunked) {
            headers.add("Transfer-Encoding: chunked");
        } else {
            headers.add("Content-Length: " + Math.max(0, body.size() + lengthLie));
        }
        String head = line + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
        all.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        if (chunked) {
            String size = lengthLie == 0
                    ? Integer.toHexString(body.size())
                    : one("zz", "-1", "ffffffffff", "7fffffff", "3;x=y");
            all.writeBytes((size + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            all.writeBytes(body.toByteArray());
            all.writeBytes("\r\n0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        } else {
            all.writeBytes(body.toByteArray());
        }
        return new Sent(all.toString(StandardCharsets.ISO_8859_1), String.join("+", done));
    }
}
