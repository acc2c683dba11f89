package io.tta4j.stream.cli;

import io.tta4j.engine.Engine;
import io.tta4j.engine.InspectableModel;
import io.tta4j.engine.LoadOptions;
import io.tta4j.method.SourceSurvey;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.stream.data.ImageBatcher;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.report.OutputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model, the batches and the file of a survey of source data, and how it looks at the data. */
final class SurveyOptions {

    @Option(names = "--model", paramLabel = "M", required = true, description = "the model: ONNX or TorchScript")
    private Path model = Path.of("");

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "the folder of source data")
    private Path data = Path.of("");

    @Option(names = "--out", paramLabel = "F.safetensors", required = true, description = "where the findings go")
    private Path out = Path.of("");

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "64",
            description = "images in a batch (default: ${DEFAULT-VALUE})")
    private int batch;

    @Mixin
    private ModelOptions options = new ModelOptions();

    @Mixin
    private PreprocessingOptions preprocessing = new PreprocessingOptions();

    /**
     * Checks what can be before a model is loaded.
     *
     * @throws IllegalArgumentException if an option is out of range
     * @throws IOException if nothing can be written where the findings are to go
     */
    OutputFile file() throws IOException {
        if (batch < 1) {
            throw new IllegalArgumentException("--batch must be at least 1, but was " + batch);
        }
        preprocessing.preprocessing();
        return OutputFile.at(out);
    }

    /** The name of the file that the findings go to. */
    String fileName() {
        return out.getFileName().toString();
    }

    /** The folder of source data. */
    Path data() {
        return data;
    }

    /** The model, with features or as the options say. */
    InspectableModel load(boolean withFeatures) throws IOException {
        Engine engine = options.engine(model);
        LoadOptions how = withFeatures ? options.loadWithFeatures() : options.load();
        return engine.load(model, how);
    }

    /**
     * Lets a survey look at images, at the source's theta.
     *
     * @param rows which images
     * @param labels of all images, where the survey wants any
     */
    void look(
            AdaptableModel network,
            Images images,
            int[] rows,
            int[] labels,
            SourceSurvey survey,
            SourceSurvey.Findings findings)
            throws IOException {
        Preprocessing inputs = preprocessing.preprocessing();
        ImageBatcher batcher = ImageBatcher.of(network, images.shape(), inputs, batch);
        byte[] pixels = new byte[images.shape().values()];
        for (int start = 0; start < rows.length; start += batch) {
            int[] some = Arrays.copyOfRange(rows, start, Math.min(start + batch, rows.length));
            batcher.begin();
            for (int row : some) {
                images.read(row, pixels);
                batcher.add(pixels);
            }
            try (Pass pass = pass(network, batcher.batch(), survey)) {
                findings.add(
                        pass,
                        survey.wantsLabels()
                                ? Arrays.stream(some).map(row -> labels[row]).toArray()
                                : new int[0]);
            }
        }
    }

    private static Pass pass(AdaptableModel network, Batch images, SourceSurvey survey) {
        return survey.pullsBack() ? network.forward(images, network.source()) : network.serve(images, network.source());
    }
}
