package io.tta4j.stream.cli;

import io.tta4j.engine.Engine;
import io.tta4j.engine.InspectableModel;
import io.tta4j.engine.LoadOptions;
import io.tta4j.method.SourceSurvey;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.stream.card.ModelCard;
import io.tta4j.stream.data.Batcher;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.LabelledSamples;
import io.tta4j.stream.data.Samples;
import io.tta4j.stream.report.OutputFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model, the batches and the file of a survey of source data, and how it looks at the data. */
final class SurveyOptions {

    @Option(names = "--model", paramLabel = "M", required = true, description = "the model: ONNX or TorchScript")
    private Path model = Path.of("");

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "the source data")
    private Path data = Path.of("");

    @Option(names = "--out", paramLabel = "F", required = true, description = "where the findings go")
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
    private DataOptions reading = new DataOptions();

    @Mixin
    private PreprocessingOptions preprocessing = new PreprocessingOptions();

    @Mixin
    private ScalingOptions scaling = new ScalingOptions();

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
        reading.check();
        return OutputFile.at(out);
    }

    /** The name of the file that the findings go to. */
    String fileName() {
        return out.getFileName().toString();
    }

    /** How the data is read, and becomes the model's input. */
    ModelCard card() throws IOException {
        return preprocessing.card(model);
    }

    /** Opens the source data. */
    DataSet open(ModelCard card) throws IOException {
        return reading.openSingle(data, card);
    }

    /** Opens the source data, of which labels are not needed. */
    DataSet openUnlabelled(ModelCard card) throws IOException {
        return reading.openUnlabelled(data, card);
    }

    /** The model, with features or as the options say. */
    InspectableModel load(boolean withFeatures) throws IOException {
        Engine engine = options.engine(model);
        LoadOptions how = withFeatures ? options.loadWithFeatures() : options.load();
        return engine.load(model, how);
    }

    /**
     * The samples of what {@link #open} or {@link #openUnlabelled} has opened.
     *
     * @param err where a warning goes if they are probably not what the model takes
     */
    LabelledSamples samples(DataSet set, ModelCard card, AdaptableModel network, PrintWriter err) throws IOException {
        LabelledSamples samples = DataOptions.labelled(set, card, network);
        DataOptions.warnOfOrder(set, network, err);
        scaling.check(network, List.of(samples.samples()), card.preprocessing(), err);
        return samples;
    }

    /** @throws IllegalArgumentException if {@code --limit} is not at least 1 */
    static void requireLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("--limit must be at least 1, but was " + limit);
        }
    }

    /**
     * Some of the samples: the first, but class folders come one after another, and there the first ones would be of a
     * few classes only.
     *
     * @param limit how many at most
     */
    static int[] rows(DataSet set, LabelledSamples samples, int limit) {
        int count = samples.samples().count();
        int taken = Math.min(limit, count);
        return IntStream.range(0, taken)
                .map(i -> set.isOfFiles() ? (int) ((long) i * count / taken) : i)
                .toArray();
    }

    /**
     * Lets a survey look at samples, at the source's theta.
     *
     * @param rows which samples
     * @param err where files are named that are skipped
     * @return how many samples could be read
     * @throws DataException if none could
     */
    int look(
            AdaptableModel network,
            LabelledSamples labelled,
            ModelCard card,
            int[] rows,
            SourceSurvey survey,
            SourceSurvey.Findings findings,
            PrintWriter err)
            throws IOException {
        Samples samples = labelled.samples();
        int[] labels = labelled.labels();
        BadFiles badFiles = reading.badFiles(err);
        Batcher batcher = samples.format().batcher(network, card.preprocessing(), batch);
        byte[] sample = new byte[samples.format().bytes()];
        int seen = 0;
        for (int start = 0; start < rows.length; start += batch) {
            batcher.begin();
            IntStream.Builder read = IntStream.builder();
            for (int i = start; i < Math.min(start + batch, rows.length); i++) {
                if (badFiles.read(samples, rows[i], sample)) {
                    batcher.add(sample);
                    read.add(rows[i]);
                }
            }
            int[] some = read.build().toArray();
            seen += some.length;
            if (some.length > 0) {
                try (Pass pass = pass(network, batcher.batch(), survey)) {
                    findings.add(
                            pass,
                            survey.wantsLabels()
                                    ? Arrays.stream(some)
                                            .map(row -> labels[row])
                                            .toArray()
                                    : new int[0]);
                }
            }
        }
        badFiles.report();
        if (seen == 0) {
            throw new DataException(
                    "%s must have samples that can be read, but had none".formatted(data.getFileName()));
        }
        return seen;
    }

    private static Pass pass(AdaptableModel network, Batch images, SourceSurvey survey) {
        return survey.pullsBack() ? network.forward(images, network.source()) : network.serve(images, network.source());
    }
}
