package io.tta4j.onnx.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;

/**
 * How sessions run.
 *
 * @param intraOpThreads threads of each session; 0: one per core
 * @param device where they run
 */
public record SessionSettings(int intraOpThreads, Device device) {

    /** Adds an execution provider to the options of a session. */
    @FunctionalInterface
    public interface Device {

        /** The processor: nothing is to be added. */
        Device PROCESSOR = options -> {};

        void addTo(SessionOptions options) throws OrtException;
    }

    /** On the processor. */
    public static SessionSettings onProcessor(int intraOpThreads) {
        return new SessionSettings(intraOpThreads, Device.PROCESSOR);
    }
}
