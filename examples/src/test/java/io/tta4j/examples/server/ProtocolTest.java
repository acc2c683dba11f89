package io.tta4j.examples.server;

import static io.tta4j.examples.server.Api.MODEL;
import static io.tta4j.examples.server.Api.bytes;
import static io.tta4j.examples.server.Api.parameters;
import static io.tta4j.examples.server.Api.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tta4j.AdaptiveModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.sar.LinearModel;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every route over a real port, on a model whose logits at the source are its inputs. */
class ProtocolTest {

    private static final float[] X = {1, 0.5f, -2, 3.1415927f, 1e-20f, -0.1f};
    private static final String OFF = "\"tta\":\"off\"";

    private static InferenceServer server;
    private static Api api;

    @BeforeAll
    static void start() {
        server = Served.start(Served.model(), Served.limits());
        api = new Api(server.port());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /v2                                | {"name":"tta4j","version":"development","extensions":["binary_tensor_data"]}
            /v2/health/live                    | {"live":true}
            /v2/health/ready                   | {"ready":true}
            /health                            | {"status":"UP","reasons":[]}
            /v2/models/linear/ready            | {"name":"linear","ready":true}
            /v2/models/linear/versions/1/ready | {"name":"linear","ready":true}
            /v2/models/linear                  | {"name":"linear","versions":["1"],"platform":"closed_form","inputs":[{"name":"x","datatype":"FP32","shape":[-1,3]}],"outputs":[{"name":"logits","datatype":"FP32","shape":[-1,3]}]}
            /v2/models/linear/versions/1       | {"name":"linear","versions":["1"],"platform":"closed_form","inputs":[{"name":"x","datatype":"FP32","shape":[-1,3]}],"outputs":[{"name":"logits","datatype":"FP32","shape":[-1,3]}]}
            """)
    void tellsOfItself(String path, String expected) throws Exception {
        Api.Got got = api.get(path);
        assertThat(got.text()).isEqualTo(expected);
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.headers().firstValue("Content-Type")).hasValue("application/json");
    }

    @Test
    void answersJson() throws Exception {
        Api.Got got = api.infer("{\"id\":\"a b\"," + request(OFF, X).substring(1));
        assertThat(got.text())
                .isEqualTo(
                        "{\"model_name\":\"linear\",\"model_version\":\"1\",\"id\":\"a b\",\"parameters\":{\"tta\":\"off\",\"stream\":\"\"},"
                                + "\"outputs\":[{\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[2,3],\"data\":[1.0,0.5,-2.0,3.1415927,1.0E-20,-0.1]}]}");
        assertThat(got.values()).containsExactly(X);
    }

    static Stream<String> sameInJson() {
        String data = "\"data\":[1,0.5,-2,3.1415927,1e-20,-0.1]";
        String nested = "\"data\":[[1,0.5,-2],[3.1415927,1e-20,-0.1]]";
        String name = "\"name\":\"x\"";
        String type = "\"datatype\":\"FP32\"";
        String shape = "\"shape\":[2,3]";
        return Stream.of(
                object(name, type, shape, data),
                object(name, type, shape, nested),
                object(data, name, type, shape),
                object(nested, shape, type, name),
                object("\"more\":[{\"a\":[[]]}]", name, data, "\"parameters\":{\"a\":1}", shape, type));
    }

    private static String object(String... members) {
        return "{\"parameters\":{%s,\"sequence_id\":[7]},\"more\":{},\"inputs\":[{%s}]}"
                .formatted(OFF, String.join(",", members));
    }

    @ParameterizedTest
    @MethodSource("sameInJson")
    void takesMembersInAnyOrderNestedOrFlat(String json) throws Exception {
        assertThat(api.infer(json).values()).containsExactly(X);
    }

    private static String binary(String outputs, String more, int size) {
        return "{\"parameters\":{%s%s},\"inputs\":[{\"name\":\"x\",\"shape\":[2,3],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":%d}}]%s}"
                .formatted(OFF, more, size, outputs);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                                                       | ``                          | false
            ``                                                                       | ,"binary_data_output":true  | true
            ,"outputs":[{"name":"logits"}]                                           | ``                          | false
            ,"outputs":[]                                                            | ``                          | false
            ,"outputs":[{"name":"logits","parameters":{"binary_data":true}}]         | ``                          | true
            ,"outputs":[{"name":"logits","parameters":{"binary_data":false}}]        | ,"binary_data_output":true  | false
            """)
    void answersBinaryTensorsAsItDoesJson(String outputs, String more, boolean inBinary) throws Exception {
        Api.Got got = api.infer(binary(outputs, more, 24), bytes(X));
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.values()).containsExactly(X);
        assertThat(got.headers().firstValue(InferRoute.JSON_LENGTH).isPresent()).isEqualTo(inBinary);
        assertThat(got.headers().firstValue("Content-Type"))
                .hasValue(inBinary ? "application/octet-stream" : "application/json");
        assertThat(got.json().at("/outputs/0").has("data")).isEqualTo(!inBinary);
    }

    @Test
    void takesAVersionAndNoContentType() throws Exception {
        Api.Got got = api.send(api.at(MODEL + "/versions/1/infer")
                .POST(BodyPublishers.ofString(request(OFF, X)))
                .build());
        assertThat(got.values()).containsExactly(X);
    }

    /** The same requests, given to the runtime without a server. */
    @Test
    void adaptsEachStreamByItself() throws Exception {
        AdaptiveModel alone = AdaptiveModel.of(LinearModel.of(3, "norm"), Served.METHOD);
        for (int step = 1; step <= 3; step++) {
            float[] expected = predict(alone, X);
            Api.Got got = api.infer(request(parameters("stream=camera " + "ä", "tta=on"), X));
            assertThat(got.values()).containsExactly(expected);
            JsonNode parameters = got.json().path("parameters");
            assertThat(parameters.path("tta").asText()).isEqualTo("on");
            assertThat(parameters.path("stream").asText()).isEqualTo("camera ä");
            assertThat(parameters.path("tta_method").asText()).isEqualTo("tent");
            assertThat(parameters.path("tta_steps").asInt()).isEqualTo(step);
            assertThat(parameters.path("tta_resets").asInt()).isZero();
            assertThat(parameters.has("tta_agreement")).isFalse();
        }
        assertThat(predict(alone, X)).isNotEqualTo(X);
        assertThat(api.infer(request(parameters("stream=another"), X)).values()).containsExactly(X);
        assertThat(api.infer(request(parameters("stream=camera ä", "tta=off"), X))
                        .values())
                .containsExactly(X);
    }

    @Test
    void adaptsACopyInTheShadowWhileTheSourceAnswers() throws Exception {
        AdaptiveModel alone = AdaptiveModel.of(LinearModel.of(3, "norm"), Served.METHOD);
        float[] narrow = {0.1f, 0.09f, 0, 0, 5, 1};
        for (int step = 1; step <= 4; step++) {
            float[] adapted = predict(alone, narrow);
            Api.Got got = api.infer(request(parameters("stream=shade", "tta=shadow"), narrow));
            assertThat(got.values()).containsExactly(narrow);
            assertThat(got.json().at("/parameters/tta_steps").asInt()).isEqualTo(step);
            double agreement = ((adapted[0] > adapted[1] ? 1 : 0) + (adapted[4] > adapted[5] ? 1 : 0)) / 2.0;
            assertThat(got.json().at("/parameters/tta_agreement").asDouble()).isEqualTo(agreement);
        }
        assertThat(api.infer(request(parameters("stream=shade", "tta=on"), narrow))
                        .values())
                .containsExactly(narrow)
                .isNotEqualTo(predict(alone, narrow));
    }

    private static float[] predict(AdaptiveModel model, float[] x) {
        Batch batch = LinearModel.batch(new float[] {x[0], x[1], x[2]}, new float[] {x[3], x[4], x[5]});
        Matrix output = model.predict(batch).output();
        return output.toArray();
    }

    static Stream<Arguments> malformed() {
        String input = "{\"inputs\":[%s]}";
        String x = "\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,3]";
        String good = "{" + x + ",\"data\":[1,2,3]}";
        return Stream.of(
                Arguments.of("", "the body must be an object, but was missing"),
                Arguments.of("[]", "the body must be an object, but was an array"),
                Arguments.of("null", "the body must be an object"),
                Arguments.of("{\"inputs\":[", "line 1, column 12"),
                Arguments.of("{}", "inputs must be [x], but were []"),
                Arguments.of("{\"inputs\":{}}", "inputs must be an array, but was an object"),
                Arguments.of("{\"inputs\":[7]}", "an input must be an object, but was '7'"),
                Arguments.of(input.formatted(good) + "{}", "must end with the request's object"),
                Arguments.of(input.formatted(good + "," + good), "input 'x' must be there once"),
                Arguments.of(input.formatted(good.replace("\"x\"", "\"y\"")), "inputs must be [x], but one was 'y'"),
                Arguments.of(input.formatted(good.replace("\"name\"", "\"nome\"")), "an input must have a name"),
                Arguments.of(
                        input.formatted(good.replace("FP32", "FP64")), "must be FP32 [-1, 3], but was 'FP64' [1, 3]"),
                Arguments.of(input.formatted(good.replace("FP32", "INT64")), "must be FP32 [-1, 3]"),
                Arguments.of(input.formatted(good.replace("[1,3]", "[3]")), "must be FP32 [-1, 3], but was 'FP32' [3]"),
                Arguments.of(input.formatted(good.replace("[1,3]", "[1,4]")), "must be FP32 [-1, 3]"),
                Arguments.of(input.formatted(good.replace("[1,3]", "[-1,3]")), "but was 'FP32' [-1, 3]"),
                Arguments.of(input.formatted(good.replace("[1,3]", "[0,3]")), "but was 'FP32' [0, 3]"),
                Arguments.of(
                        input.formatted(good.replace("[1,3]", "[1.5,3]")), "an extent of a shape must be an integer"),
                Arguments.of(
                        input.formatted(good.replace("[1,3]", "[99999999999999999999,3]")), "out of range of long"),
                Arguments.of(
                        input.formatted(good.replace("[1,3]", "[2,3]")),
                        "must have 6 values for shape [2, 3], but had fewer"),
                Arguments.of(input.formatted(good.replace("[1,2,3]", "[1,2,3,4]")), "but had more"),
                Arguments.of(input.formatted(good.replace("[1,2,3]", "[[1,2],3]")), "but had fewer"),
                Arguments.of(
                        input.formatted(good.replace("[1,2,3]", "[[1,2,3],[1,2,3]]")), "nested as shape [1, 3] is"),
                Arguments.of(input.formatted(good.replace("[1,2,3]", "[[[1,2,3]]]")), "must each be a number"),
                Arguments.of(input.formatted(good.replace("[1,2,3]", "7")), "an input's data must be an array"),
                Arguments.of(input.formatted(good.replace("1,2,3]}", "\"1\",2,3]}")), "must each be a number"),
                Arguments.of(input.formatted(good.replace("1,2,3]}", "null,2,3]}")), "must each be a number"),
                Arguments.of(input.formatted(good.replace("1,2,3]}", "NaN,2,3]}")), "the protocol's JSON"),
                Arguments.of(
                        input.formatted(good.replace("1,2,3]}", "1,1e99,3]}")),
                        "must be finite FP32, but value 1 was not"),
                Arguments.of(
                        input.formatted(good.replace("1,2,3]}", "1" + "0".repeat(100) + ",2,3]}")),
                        "the protocol's JSON"),
                Arguments.of(input.formatted("{" + x + "}"), "input 'x' must have data, but had none"),
                Arguments.of(
                        input.formatted("{" + x + ",\"parameters\":{\"binary_data_size\":12}}"), "at most the 0 bytes"),
                Arguments.of(
                        input.formatted("{" + x + ",\"parameters\":{\"binary_data_size\":-1}}"),
                        "that are left behind the JSON, but was -1"),
                Arguments.of(
                        input.formatted(good.replace("]}", "],\"parameters\":{\"binary_data_size\":0}}")),
                        "data or binary_data_size, but had both"),
                Arguments.of("{\"id\":7,\"inputs\":[" + good + "]}", "id must be a string"),
                Arguments.of("{\"id\":\"a\",\"id\":\"b\"}", "Duplicate"),
                Arguments.of("{\"a\":" + "[".repeat(1000), "nesting depth"),
                Arguments.of("{\"" + "a".repeat(1000) + "\":1}", "the protocol's JSON"),
                Arguments.of("{\"id\":\"" + "a".repeat(10000) + "\"}", "the protocol's JSON"),
                Arguments.of(
                        request("\"tta\":\"yes\"", 1, 2, 3),
                        "parameter 'tta' must be off, shadow or on, but was 'yes'"),
                Arguments.of(request("\"tta\":true", 1, 2, 3), "parameter 'tta' must be a string, but was 'true'"),
                Arguments.of(
                        request("\"stream\":[]", 1, 2, 3), "parameter 'stream' must be a string, but was an array"),
                Arguments.of(
                        request("\"stream\":\"" + "ä".repeat(17) + "\"", 1, 2, 3), "at most 32 bytes long, but was 34"),
                Arguments.of(request("\"binary_data_output\":1", 1, 2, 3), "must be true or false, but was '1'"),
                Arguments.of(
                        "{\"outputs\":[{\"name\":\"y\"}],\"inputs\":[" + good + "]}",
                        "outputs must be among [logits], but one was 'y'"),
                Arguments.of("{\"outputs\":[{}],\"inputs\":[" + good + "]}", "outputs must be among [logits]"),
                Arguments.of(
                        "{\"outputs\":[{\"name\":\"logits\"},{\"name\":\"logits\"}],\"inputs\":[" + good + "]}",
                        "asked for once"),
                Arguments.of(
                        "{\"outputs\":[{\"name\":\"logits\",\"parameters\":{\"classification\":2}}]}",
                        "'classification'"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void refusesWhatIsMalformed(String json, String error) throws Exception {
        Api.Got got = api.infer(json);
        assertThat(got.error()).contains(error);
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.headers().firstValue("Content-Type")).hasValue("application/json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            20 | 24 | must be 24 for FP32 [2, 3], but was 20
            28 | 28 | must be 24 for FP32 [2, 3], but was 28
            24 | 20 | at most the 20 bytes
            24 | 25 | has 1 bytes more
            """)
    void refusesBinarySizesThatDoNotAddUp(int size, int sent, String error) throws Exception {
        Api.Got got = api.infer(binary("", "", size), new byte[sent]);
        assertThat(got.error()).contains(error);
        assertThat(got.status()).isEqualTo(400);
    }

    @Test
    void refusesValuesThatAreNotFinite() throws Exception {
        Api.Got input = api.infer(binary("", "", 24), bytes(1, 2, 3, Float.NaN, 5, 6));
        assertThat(input.error()).isEqualTo("values of input 'x' must be finite FP32, but value 3 was not");
        assertThat(input.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"-1", "1000000", "abc", "''", "99999999999"})
    void refusesLengthsThatAreNone(String length) throws Exception {
        Api.Got got = api.send(api.at(MODEL + "/infer")
                .header(InferRoute.JSON_LENGTH, length)
                .POST(BodyPublishers.ofString(request(OFF, X)))
                .build());
        assertThat(got.error()).contains("must be the JSON's length");
        assertThat(got.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /                                  | 404 | the path must be one of
            GET    | /v1                                | 404 | the path must be one of
            GET    | /v2/models                         | 404 | the path must be one of
            GET    | /v2/models/linear/config           | 404 | the path must be one of
            GET    | /v2/models/other                   | 404 | the model must be 'linear', but was 'other'
            POST   | /v2/models/other/infer             | 404 | the model must be 'linear', but was 'other'
            GET    | /v2/models/linear/versions/2       | 404 | the version must be 1, but was '2'
            POST   | /v2/models/linear/versions/2/infer | 404 | the version must be 1, but was '2'
            GET    | /v2/models/linear/infer            | 405 | the method must be POST, but was 'GET'
            POST   | /v2/health/live                    | 405 | the method must be GET, but was 'POST'
            DELETE | /v2/models/linear                  | 405 | the method must be GET, but was 'DELETE'
            POST   | /health                            | 405 | the method must be GET, but was 'POST'
            POST   | /metrics                           | 405 | the method must be GET, but was 'POST'
            """)
    void refusesUnknownPathsAndMethods(String method, String path, int status, String error) throws Exception {
        Api.Got got =
                api.send(api.at(path).method(method, BodyPublishers.noBody()).build());
        assertThat(got.error()).contains(error);
        assertThat(got.status()).isEqualTo(status);
        assertThat(got.headers().firstValue("Allow").isPresent()).isEqualTo(status == 405);
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Type, text/plain, Content-Type must be",
        "Content-Type, application/x-www-form-urlencoded, Content-Type must be",
        "Content-Encoding, gzip, must not be encoded"
    })
    void refusesOtherContent(String header, String value, String error) throws Exception {
        Api.Got got = api.send(api.at(MODEL + "/infer")
                .header(header, value)
                .POST(BodyPublishers.ofString(request(OFF, X)))
                .build());
        assertThat(got.error()).contains(error);
        assertThat(got.status()).isEqualTo(415);
    }

    @Test
    void tellsPrometheus() throws Exception {
        api.infer(request(parameters("stream=secret"), X));
        api.infer("{");
        Api.Got got = api.get("/metrics");
        assertThat(got.headers().firstValue("Content-Type")).hasValue(ServerMetrics.CONTENT_TYPE);
        assertThat(got.text())
                .contains("tta4j_server_infer_seconds_count{status=\"200\"}")
                .contains("tta4j_server_infer_seconds_count{status=\"400\"}")
                .contains("tta4j_server_requests_in_flight 0.0")
                .contains("tta_predict_latency_seconds_count{method=\"tent\",model=\"linear\"}")
                .contains("tta_adaptation_steps_total{method=\"tent\",model=\"linear\"}")
                .contains("tta_cache_states{")
                .contains("jvm_memory_used_bytes")
                .doesNotContain("secret");
    }
}
