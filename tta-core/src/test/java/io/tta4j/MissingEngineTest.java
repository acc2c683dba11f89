package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;

/** An engine that is missing from the class path is a message that names what to add, and no failure to link. */
class MissingEngineTest {

    @ParameterizedTest
    @CsvSource({
        "io.tta4j.djl.DjlModel, ai.djl",
        "io.tta4j.onnx.OnnxModel, com.microsoft.onnxruntime:onnxruntime|org.tribuo:tribuo-util-onnx",
    })
    void namesTheCoordinatesToAdd(String engine, String coordinates) throws Exception {
        try (URLClassLoader withoutEngines = withoutEngines()) {
            Class<?> model = withoutEngines.loadClass(engine);
            MethodHandle load = MethodHandles.publicLookup()
                    .findStatic(model, "load", MethodType.methodType(model, Path.class))
                    .asType(MethodType.methodType(Object.class, Path.class));

            assertThatThrownBy(() -> load.invoke(Path.of("network")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching(
                            "the \\w+ engine needs .*(" + coordinates + ").* on the class path; add that dependency");
        }
    }

    /** Choosing one must not load a class of any. */
    @Test
    void theChoiceNeedsNoEngine() throws Exception {
        try (URLClassLoader withoutEngines = withoutEngines()) {
            Class<?> engines = withoutEngines.loadClass("io.tta4j.engine.Engines");

            Map<?, ?> available = (Map<?, ?>) engines.getMethod("available").invoke(null);

            assertThat(available.keySet()).hasToString("[djl, onnx]");
        }
    }

    private static URLClassLoader withoutEngines() throws IOException {
        URL[] ours = Stream.of(AdaptiveModel.class, Logger.class, NullMarked.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                .toArray(URL[]::new);
        return new URLClassLoader(ours, ClassLoader.getPlatformClassLoader());
    }
}
