package io.tta4j.stream.cli;

import io.tta4j.engine.Engine;
import io.tta4j.engine.InspectableModel;
import io.tta4j.method.SourceSurvey;
import io.tta4j.method.SourceSurveys;
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
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model, the batches and the file of a survey of source data, and its course. */
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
     * What a survey looks at.
     *
     * @param view the model, with the statistics that are wanted
     * @param classes the names of the model's classes, where the survey asks for them
     * @param rows which samples
     * @param findings says what was found, of how many samples could be read
     */
    record Plan(AdaptableModel view, List<String> classes, IntStream rows, IntFunction<String> findings) {}

    /** Plans a survey, of open source data and a loaded model. */
    @FunctionalInterface
    interface Planner {
        Plan plan(DataSet set, InspectableModel network);
    }

    /**
     * Surveys source data, writes what was found and says so.
     *
     * @param name what is learned
     * @param withFeatures whether the model is loaded with features, or as the options say
     * @param line where what was found, and warnings, are told
     * @throws IllegalArgumentException if an option is out of range
     * @throws IOException if the data cannot be read, or nothing can be written where the findings are to go
     * @throws DataException if no sample could be read
     */
    void survey(String name, boolean withFeatures, CommandLine line, Planner planner) throws IOException {
        Positive.require("--batch", batch);
        reading.check();
        OutputFile file = OutputFile.at(out);
        ModelCard card = preprocessing.card(model);
        SourceSurvey survey = SourceSurveys.named(name);
        try (DataSet set = survey.wantsLabels() ? reading.openSingle(data, card) : reading.openUnlabelled(data, card);
                InspectableModel network = load(withFeatures)) {
            PrintWriter err = line.getErr();
            Plan plan = planner.plan(set, network);
            LabelledSamples samples = DataOptions.labelled(set, card, plan.view);
            DataOptions.warnOfOrder(set, plan.view, err);
            scaling.check(plan.view, List.of(samples.samples()), card.preprocessing(), err);
            SourceSurvey.Findings findings = survey.begin(plan.view, plan.classes);
            int seen = look(plan.view, samples, card, plan.rows.toArray(), survey, findings, err);
            file.write(findings::writeTo);
            PrintWriter text = line.getOut();
            text.printf("%s: %s%n", out.getFileName(), plan.findings.apply(seen));
            text.flush();
        }
    }

    private InspectableModel load(boolean withFeatures) throws IOException {
        Engine engine = options.engine(model);
        return engine.load(model, withFeatures ? options.loadWithFeatures() : options.load());
    }

    /**
     * Lets a survey look at samples, at the source's theta.
     *
     * @param rows which samples
     * @param err where files are named that are skipped
     * @return how many samples could be read
     * @throws DataException if none could
     */
    private int look(
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
