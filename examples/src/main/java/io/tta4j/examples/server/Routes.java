package io.tta4j.examples.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tta4j.health.Health;
import io.tta4j.model.InputSpec;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The protocol's paths, {@code /health} and {@code /metrics}. */
final class Routes extends Handler.Abstract {

    static final String VERSION = "1";

    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);
    private static final String SERVER = "tta4j";

    private final String name;
    private final ServedModel model;
    private final InferRoute infer;
    private final ServerMetrics metrics;

    Routes(String name, ServedModel model, InferRoute infer, ServerMetrics metrics) {
        this.name = name;
        this.model = model;
        this.infer = infer;
        this.metrics = metrics;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        send(reply(request, response), response, callback);
        return true;
    }

    private Reply reply(Request request, Response response) {
        try {
            return route(request, response);
        } catch (Refusal e) {
            if (e.status() == Refusal.OVERLOADED) {
                response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
            }
            return Reply.error(e.status(), e.text());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.error(Refusal.OVERLOADED, "the server is stopping");
        } catch (OutOfMemoryError e) {
            // Such as direct memory for its tensors: others may fit.
            LOG.error("there is no memory for a request; --max-bytes and --in-flight bound what requests take", e);
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
            return Reply.error(Refusal.OVERLOADED, "there is no memory for the request; try again");
        } catch (Exception e) {
            LOG.error("a request failed", e);
            return Reply.error(500, "internal failure; the server's log has more");
        }
    }

    private static void send(Reply reply, Response response, Callback callback) {
        response.setStatus(reply.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.contentType());
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.body().remaining());
        if (reply.jsonLength() >= 0) {
            response.getHeaders().put(InferRoute.JSON_LENGTH, String.valueOf(reply.jsonLength()));
        }
        response.write(true, reply.body(), callback);
    }

    private Reply route(Request request, Response response) throws IOException, InterruptedException {
        List<String> path = List.of(path(request).split("/", -1));
        if (path.equals(List.of("metrics"))) {
            return get(request, response, () -> Reply.text(ServerMetrics.CONTENT_TYPE, metrics.scrape()));
        }
        if (path.equals(List.of("health"))) {
            return get(request, response, () -> Reply.json(200, this::health));
        }
        if (!path.get(0).equals("v2")) {
            throw unknown(request);
        }
        List<String> rest = path.subList(1, path.size());
        if (rest.size() >= 2 && rest.get(0).equals("models")) {
            return ofModel(rest.subList(1, rest.size()), request, response);
        }
        return switch (String.join("/", rest)) {
            case "" -> get(request, response, () -> Reply.json(200, Routes::server));
            case "health/live" ->
                get(request, response, () -> Reply.json(200, json -> json.writeBooleanField("live", true)));
            case "health/ready" -> get(request, response, () -> ready(json -> {}));
            default -> throw unknown(request);
        };
    }

    /** Decoded, without the slash that it begins with. */
    private static String path(Request request) {
        String path = Request.getPathInContext(request);
        return path.startsWith("/") ? path.substring(1) : path;
    }

    /** @param path behind {@code models} */
    private Reply ofModel(List<String> path, Request request, Response response)
            throws IOException, InterruptedException {
        if (!path.get(0).equals(name)) {
            throw Refusal.of(
                    Refusal.UNKNOWN, "the model must be %s, but was %s", Quoted.of(name), Quoted.of(path.get(0)));
        }
        List<String> rest = path.subList(1, path.size());
        if (rest.size() >= 2 && rest.get(0).equals("versions")) {
            if (!rest.get(1).equals(VERSION)) {
                throw Refusal.of(
                        Refusal.UNKNOWN, "the version must be %s, but was %s", VERSION, Quoted.of(rest.get(1)));
            }
            rest = rest.subList(2, rest.size());
        }
        return switch (String.join("/", rest)) {
            case "" -> get(request, response, () -> Reply.json(200, this::metadata));
            case "ready" -> get(request, response, () -> ready(json -> json.writeStringField("name", name)));
            case "infer" -> {
                require("POST", request, response);
                yield metrics.timed(() -> infer.answer(request));
            }
            default -> throw unknown(request);
        };
    }

    private Reply ready(Reply.Members first) {
        Optional<String> unready = model.unready();
        return Reply.json(unready.isEmpty() ? 200 : Refusal.OVERLOADED, json -> {
            first.to(json);
            json.writeBooleanField("ready", unready.isEmpty());
            if (unready.isPresent()) {
                json.writeStringField("reason", unready.get());
            }
        });
    }

    private void health(JsonGenerator json) throws IOException {
        Health health = model.health();
        json.writeStringField("status", health.status().name());
        json.writeArrayFieldStart("reasons");
        for (String reason : health.reasons()) {
            json.writeString(reason);
        }
        json.writeEndArray();
    }

    private static Reply get(Request request, Response response, Supplier<Reply> reply) {
        require("GET", request, response);
        return reply.get();
    }

    private static void require(String method, Request request, Response response) {
        if (!request.getMethod().equals(method)) {
            response.getHeaders().put(HttpHeader.ALLOW, method);
            throw Refusal.of(
                    Refusal.WRONG_METHOD, "the method must be %s, but was %s", method, Quoted.of(request.getMethod()));
        }
    }

    private static Refusal unknown(Request request) {
        return Refusal.of(
                Refusal.UNKNOWN,
                "the path must be one of the Open Inference Protocol's, /health or /metrics, but was %s",
                Quoted.of(path(request)));
    }

    private static void server(JsonGenerator json) throws IOException {
        json.writeStringField("name", SERVER);
        json.writeStringField(
                "version",
                Objects.requireNonNullElse(Routes.class.getPackage().getImplementationVersion(), "development"));
        json.writeArrayFieldStart("extensions");
        json.writeString("binary_tensor_data");
        json.writeEndArray();
    }

    private void metadata(JsonGenerator json) throws IOException {
        json.writeStringField("name", name);
        json.writeArrayFieldStart("versions");
        json.writeString(VERSION);
        json.writeEndArray();
        json.writeStringField("platform", model.platform());
        json.writeArrayFieldStart("inputs");
        for (InputSpec input : model.inputs()) {
            tensor(input.name(), Datatype.of(input.type()), input.shape(), json);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("outputs");
        for (OutputSpec output : model.outputs()) {
            tensor(output.name(), Datatype.FP32, List.of(InputSpec.ANY, output.columns()), json);
        }
        json.writeEndArray();
    }

    private static void tensor(String name, Datatype datatype, List<Long> shape, JsonGenerator json)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("datatype", datatype.name());
        json.writeArrayFieldStart("shape");
        for (long extent : shape) {
            json.writeNumber(extent);
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
