package io.tta4j.stream.cli;

import io.tta4j.engine.InspectableModel;
import io.tta4j.method.SourceSurvey;
import io.tta4j.method.SourceSurveys;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.stream.card.ModelCard;
import io.tta4j.stream.data.Batcher;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.LabelledSamples;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.data.Samples;
import io.tta4j.stream.report.OutputFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Learns from source data where a model's classes lie among its features. */
@Command(
        name = "prototypes",
        description = {
            "Learns where a model's classes lie among its features, once, from labelled source data, for csfa.prototypes.",
            "",
            "The data is a folder with images.npy, uint8 [N, H, W, 3], and labels.npy, or another data set without",
            "corruption (docs/data.md). Samples of classes that the model does not have are left out. The file holds the",
            "classes' means and the spread within them, no sample.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Tta.Version.class,
        usageHelpWidth = Tta.HELP_WIDTH,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tta prototypes --model net.onnx --data train-sample --out net.safetensors",
            "  tta replay --model net.onnx --data cifar10-c --method csfa --set csfa.prototypes=net.safetensors"
        })
final class PrototypesCommand implements Callable<Integer>, Debuggable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", paramLabel = "M", required = true, description = "the model: ONNX or TorchScript")
    private Path model = Path.of("");

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "the samples and their labels")
    private Path data = Path.of("");

    @Option(names = "--out", paramLabel = "P.safetensors", required = true, description = "where the prototypes go")
    private Path out = Path.of("");

    @Option(
            names = "--classes",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            description = "the names of the model's classes, in its order (default: their numbers)")
    private List<String> classes = List.of();

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

    @Option(names = "--debug", description = "show stack traces")
    private boolean debug;

    @Override
    public boolean debug() {
        return debug;
    }

    @Override
    public Integer call() throws IOException {
        if (batch < 1) {
            throw new IllegalArgumentException("--batch must be at least 1, but was " + batch);
        }
        OutputFile file = OutputFile.at(out);
        ModelCard card = preprocessing.card(model);
        PrintWriter err = spec.commandLine().getErr();
        BadFiles badFiles = reading.badFiles(err);
        SourceSurvey survey = SourceSurveys.named("prototypes");
        try (DataSet set = reading.openSingle(data, card);
                InspectableModel network = options.engine(model).load(model, options.loadWithFeatures())) {
            List<String> names = classes.isEmpty()
                    ? IntStream.range(0, network.classes())
                            .mapToObj(Integer::toString)
                            .toList()
                    : classes;
            int[] labels = set.labels();
            int[] known = IntStream.range(0, labels.length)
                    .filter(i -> labels[i] < network.classes())
                    .toArray();
            if (known.length == 0) {
                throw new DataException("labels.npy must have samples of the model's %d classes, but had none"
                        .formatted(network.classes()));
            }
            LabelledSamples samples = DataOptions.labelled(set, card, network);
            DataOptions.warnOfOrder(set, network, err);
            scaling.check(network, List.of(samples.samples()), card.preprocessing(), err);
            SourceSurvey.Findings findings = survey.begin(network, names);
            int seen = look(network, samples, card.preprocessing(), known, badFiles, findings);
            if (seen == 0) {
                throw new DataException(
                        "%s must have samples that can be read, but had none".formatted(data.getFileName()));
            }
            file.write(findings::writeTo);
            PrintWriter text = spec.commandLine().getOut();
            text.printf(
                    "%s: %d classes, %d features, from %d samples%s%n",
                    out.getFileName(),
                    names.size(),
                    network.features().orElseThrow(),
                    seen,
                    known.length < labels.length
                            ? "; %d of other classes left out".formatted(labels.length - known.length)
                            : "");
            text.flush();
            badFiles.report();
        }
        return 0;
    }

    /** Returns how many samples could be read. */
    private int look(
            AdaptableModel network,
            LabelledSamples labelled,
            Preprocessing inputs,
            int[] rows,
            BadFiles badFiles,
            SourceSurvey.Findings findings)
            throws IOException {
        Samples samples = labelled.samples();
        Batcher batcher = samples.format().batcher(network, inputs, batch);
        int[] labels = labelled.labels();
        byte[] sample = new byte[samples.format().bytes()];
        int seen = 0;
        for (int start = 0; start < rows.length; start += batch) {
            batcher.begin();
            IntStream.Builder classesSeen = IntStream.builder();
            for (int i = start; i < Math.min(start + batch, rows.length); i++) {
                if (badFiles.read(samples, rows[i], sample)) {
                    batcher.add(sample);
                    classesSeen.add(labels[rows[i]]);
                }
            }
            int[] some = classesSeen.build().toArray();
            seen += some.length;
            if (some.length > 0) {
                try (Pass pass = network.serve(batcher.batch(), network.source())) {
                    findings.add(pass, some);
                }
            }
        }
        return seen;
    }
}
