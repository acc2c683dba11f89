package io.tta4j.onnx;

import io.tta4j.engine.MissingEngineException;
import java.util.Map;

/** The libraries that the engine needs and that are optional dependencies of this module. */
final class EngineLibraries {

    private static final Map<String, String> COORDINATES_BY_CLASS = Map.of(
            "ai.onnxruntime.OrtEnvironment", "com.microsoft.onnxruntime:onnxruntime",
            "ai.onnx.proto.OnnxMl", "org.tribuo:tribuo-util-onnx");

    private EngineLibraries() {}

    /** @throws MissingEngineException if one is missing; the message names the coordinates to add */
    static void require() {
        COORDINATES_BY_CLASS.forEach((name, coordinates) -> {
            try {
                Class.forName(name, false, EngineLibraries.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new MissingEngineException(
                        "the ONNX engine needs %s on the class path; add that dependency".formatted(coordinates), e);
            }
        });
    }
}
