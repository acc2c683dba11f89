package io.tta4j.onnx.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.tta4j.onnx.session.NativeSession.Purpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * For development: where the system property {@value #FOLDER} names a folder, every session but those that probe writes
 * the graph that it runs there, and ONNX Runtime its profile of the session once that is closed. Both are named after
 * the order in which sessions were opened.
 */
final class SessionRecorder {

    static final String FOLDER = "tta4j.onnx.profile";

    private static final AtomicInteger OPENED = new AtomicInteger();

    private SessionRecorder() {}

    /** Sets up a session to be recorded, if any is. */
    static void record(SessionOptions options, byte[] model, Purpose purpose) throws OrtException {
        String folder = System.getProperty(FOLDER);
        if (folder == null || purpose == Purpose.PROBING) {
            return;
        }
        String name = "%02d-%s".formatted(OPENED.incrementAndGet(), purpose);
        try {
            Files.write(Path.of(folder, name + ".onnx"), model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        options.enableProfiling(Path.of(folder, name).toString());
    }
}
