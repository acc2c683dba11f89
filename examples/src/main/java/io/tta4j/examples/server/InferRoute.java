package io.tta4j.examples.server;

import io.tta4j.model.InputSpec;
import io.tta4j.model.ModelException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Answers infer requests: admits them, reads them, waits for the model, runs it. In the request's own thread. */
final class InferRoute {

    static final String JSON_LENGTH = "Inference-Header-Content-Length";

    private static final Set<String> CONTENT_TYPES = Set.of("application/json", "application/octet-stream");
    private static final int PIECE = 64 << 10;

    private final ServedModel model;
    private final Limits limits;
    private final Admission admission;
    private final InferRequestReader reader;
    private final InferReplyWriter writer;

    InferRoute(ServedModel model, String name, String version, Limits limits, Admission admission) {
        this.model = model;
        this.limits = limits;
        this.admission = admission;
        this.reader = new InferRequestReader(model, limits);
        this.writer = new InferReplyWriter(name, version, model.outputs());
    }

    Reply answer(Request request) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limits.time().toNanos();
        requireReadable(request);
        long length = request.getLength();
        if (length > limits.bodyBytes()) {
            throw tooLarge("had " + length);
        }
        long size = length < 0 ? limits.bodyBytes() : length;
        try (Admission.Entry entry = admission.enter(size)) {
            byte[] body = body(request, (int) length, deadline);
            InferRequest infer = reader.read(body, jsonLength(request, body.length), entry::grow);
            return writer.write(infer, run(infer, deadline));
        }
    }

    private static void requireReadable(Request request) {
        String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw Refusal.of(Refusal.WRONG_CONTENT, "the body must not be encoded, but was in %s", Quoted.of(encoding));
        }
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (type != null && !CONTENT_TYPES.contains(mediaType(type))) {
            throw Refusal.of(
                    Refusal.WRONG_CONTENT,
                    "Content-Type must be application/json or application/octet-stream, but was %s",
                    Quoted.of(type));
        }
    }

    /** Without parameters, such as a charset. */
    private static String mediaType(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private Refusal tooLarge(String found) {
        return Refusal.of(
                Refusal.TOO_LARGE, "the body must have at most %d bytes here, but %s", limits.bodyBytes(), found);
    }

    /** @param length as the headers say, or below 0 if they do not */
    private byte[] body(Request request, int length, long deadline) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream(length < 0 ? PIECE : Math.min(length, PIECE));
        byte[] piece = new byte[length < 0 ? PIECE : Math.min(length + 1, PIECE)];
        try (InputStream in = Content.Source.asInputStream(request)) {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                body.write(piece, 0, read);
                if (body.size() > limits.bodyBytes()) {
                    throw tooLarge("had more");
                }
                if (System.nanoTime() > deadline) {
                    throw tooSlow();
                }
            }
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw tooSlow();
            }
            throw Refusal.malformed("the body must come whole, but ended early");
        }
        return body.toByteArray();
    }

    private Refusal tooSlow() {
        return Refusal.of(
                Refusal.TOO_SLOW,
                "the body must come within %d ms",
                limits.time().toMillis());
    }

    private static int jsonLength(Request request, int length) {
        List<HttpField> fields = request.getHeaders().getFields(JSON_LENGTH);
        if (fields.isEmpty()) {
            return length;
        }
        String text = String.valueOf(fields.get(0).getValue());
        boolean isNumber = fields.size() == 1 && text.matches("\\d{1,9}");
        if (!isNumber || Integer.parseInt(text) > length) {
            throw Refusal.malformed(
                    "%s must be the JSON's length, at most the body's %d bytes, but was %s",
                    JSON_LENGTH, length, Quoted.of(text));
        }
        return Integer.parseInt(text);
    }

    private Inference run(InferRequest infer, long deadline) throws InterruptedException {
        admission.work(deadline - System.nanoTime());
        try {
            return model.infer(infer.batch(), infer.adapting());
        } catch (ModelException e) {
            // Where the model leaves extents open, it finds out itself which of them it takes.
            if (model.inputs().stream().anyMatch(InferRoute::hasOpenExtents)) {
                throw Refusal.malformed("the model cannot run these inputs: %s", String.valueOf(e.getMessage()));
            }
            throw e;
        } finally {
            admission.rest();
        }
    }

    private static boolean hasOpenExtents(InputSpec input) {
        return input.shape().lastIndexOf(InputSpec.ANY) > 0;
    }
}
