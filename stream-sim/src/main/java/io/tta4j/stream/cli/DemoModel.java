package io.tta4j.stream.cli;

import io.tta4j.engine.Engine;
import io.tta4j.engine.LoadOptions;
import io.tta4j.model.AdaptableModel;
import io.tta4j.stream.demo.TexturedShapes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The embedded network, trained by {@code tools/demo/train_demo.py}, in the format of an engine; the weights are the
 * same in each. Engines run files, so it is one for as long as this is open.
 */
record DemoModel(Path file, AdaptableModel network) implements AutoCloseable {

    private static final Map<String, String> FILES =
            Map.of("onnx", "textured-shapes-resnet-gn.onnx", "djl", "textured-shapes-resnet-gn.pt");

    /** @throws IllegalArgumentException if there is no file for the engine */
    static DemoModel of(Engine engine) throws IOException {
        String name = FILES.get(engine.name());
        if (name == null) {
            throw new IllegalArgumentException("the demo's network is there for the engines %s, but not for '%s'"
                    .formatted(FILES.keySet().stream().sorted().toList(), engine.name()));
        }
        Path file = Files.createTempDirectory("tta4j").resolve(name);
        try (InputStream in = TexturedShapes.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "the demo's network must be on the class path, but " + name + " was not");
            }
            Files.copy(in, file);
            return new DemoModel(file, engine.load(file, LoadOptions.ofDefaults()));
        } catch (IOException | RuntimeException | Error e) {
            delete(file);
            throw e;
        }
    }

    /** The file's name, without its folder. */
    String name() {
        return file.getFileName().toString();
    }

    byte[] bytes() throws IOException {
        return Files.readAllBytes(file);
    }

    @Override
    public void close() {
        network.close();
        delete(file);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
            Files.delete(file.resolveSibling(""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
