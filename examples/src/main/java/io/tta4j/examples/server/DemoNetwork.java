package io.tta4j.examples.server;

import io.tta4j.stream.demo.TexturedShapes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The network that comes with tta4j: ten textured shapes, pictures of 3 x 32 x 32. */
final class DemoNetwork {

    private static final String NAME = "textured-shapes-resnet-gn.onnx";

    private DemoNetwork() {}

    /** Its file, there for as long as the process is. */
    static Path unpack() throws IOException {
        Path folder = Files.createTempDirectory("tta4j");
        Path file = folder.resolve(NAME);
        // What is registered last is deleted first.
        folder.toFile().deleteOnExit();
        file.toFile().deleteOnExit();
        try (InputStream network = TexturedShapes.class.getResourceAsStream(NAME)) {
            Files.copy(Objects.requireNonNull(network), file);
        }
        return file;
    }
}
