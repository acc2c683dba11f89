package io.tta4j.onnx.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.tta4j.onnx.session.NativeSession.Purpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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

    /** Sets up a session over a graph to be recorded, if any is. */
    static void record(SessionOptions options, byte[] model, Purpose purpose) throws OrtException {
        Optional<Path> recording = recording(purpose);
        if (recording.isPresent()) {
            try {
                Files.write(Path.of(recording.get() + ".onnx"), model);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            options.enableProfiling(recording.get().toString());
        }
    }

    /** Sets up a session over a user's file to be recorded, if any is: the graph is there to look at. */
    static void record(SessionOptions options, Purpose purpose) throws OrtException {
        Optional<Path> recording = recording(purpose);
        if (recording.isPresent()) {
            options.enableProfiling(recording.get().toString());
        }
    }

    private static Optional<Path> recording(Purpose purpose) {
        String folder = System.getProperty(FOLDER);
        return folder == null || purpose == Purpose.PROBING
                ? Optional.empty()
                : Optional.of(Path.of(folder, "%02d-%s".formatted(OPENED.incrementAndGet(), purpose)));
    }
}
