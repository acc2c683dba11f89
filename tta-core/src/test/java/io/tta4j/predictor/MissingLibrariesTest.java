package io.tta4j.predictor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.Methods;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.OnnxModel;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DJL's own classes, and none of its engines. */
class MissingLibrariesTest {

    /** Both engines of DJL, as Maven lays them out. */
    private static final String ENGINES = ".*(pytorch-engine|pytorch-jni|pytorch-native|onnxruntime-engine).*";

    /** The ONNX engine needs none: arrays that are filled and read are all that this Translator asks for. */
    @Test
    void servesOnnxWithoutAnEngineOfDjls(@TempDir Path folder) throws Exception {
        Path file = Networks.softmax(folder);
        float[] row = Networks.values(5, Networks.FEATURES);
        try (URLClassLoader without = without(ENGINES);
                OnnxModel direct = OnnxModel.load(file)) {
            Matrix expected = AdaptiveModel.of(direct, Methods.source())
                    .predict(Batch.of("x", Tensor.of(row, 1, Networks.FEATURES)))
                    .output();
            List<Float> found = request(without, file.toString(), row);
            assertThat(found).hasSize(Networks.CLASSES);
            for (int i = 0; i < Networks.CLASSES; i++) {
                assertThat(found.get(i)).isCloseTo(expected.get(0, i), within(1e-6f));
            }
        }
    }

    @Test
    void namesTheCoordinatesOfTheDjlEngine() throws Exception {
        String file = Networks.torchScript("small.pt").toString();
        try (URLClassLoader without = without(ENGINES)) {
            assertThatThrownBy(() -> request(without, file))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "the DJL engine needs ai.djl.pytorch:pytorch-engine on the class path; add that dependency");
        }
    }

    @Test
    void namesTheCoordinatesOfTheOnnxEngine(@TempDir Path folder) throws Exception {
        String file = Networks.softmax(folder).toString();
        try (URLClassLoader without = without(".*/com/microsoft/onnxruntime/.*|" + ENGINES)) {
            assertThatThrownBy(() -> request(without, file, 1, 2, 3))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "the ONNX engine needs com.microsoft.onnxruntime:onnxruntime on the class path; add that dependency");
        }
    }

    /** DJL looks for engines with the thread's loader. */
    @SuppressWarnings("unchecked")
    private static List<Float> request(ClassLoader loader, String file, float... row)
            throws ReflectiveOperationException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            BiFunction<String, float[], List<Float>> request =
                    (BiFunction<String, float[], List<Float>>) loader.loadClass(PassthroughRequest.class.getName())
                            .getDeclaredConstructor()
                            .newInstance();
            return request.apply(file, row);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** The class path of the tests without what matches. */
    private static URLClassLoader without(String pattern) {
        URL[] urls = Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> !entry.replace(File.separatorChar, '/').matches(pattern))
                .map(MissingLibrariesTest::url)
                .toArray(URL[]::new);
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(entry, e);
        }
    }
}
