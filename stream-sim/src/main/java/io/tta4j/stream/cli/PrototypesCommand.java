package io.tta4j.stream.cli;

import io.tta4j.engine.InspectableModel;
import io.tta4j.method.SourceSurvey;
import io.tta4j.method.SourceSurveys;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.data.ImageBatcher;
import io.tta4j.stream.data.LabelledImages;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.report.OutputFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
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
            "The data is a folder with images.npy, uint8 [N, H, W, 3], and labels.npy. Images of classes that the model",
            "does not have are left out. The file holds the classes' means and the spread within them, no image.",
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

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "images.npy and labels.npy")
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
    private PreprocessingOptions preprocessing = new PreprocessingOptions();

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
        Preprocessing inputs = preprocessing.preprocessing();
        SourceSurvey survey = SourceSurveys.named("prototypes");
        try (LabelledImages images = LabelledImages.open(data);
                InspectableModel network = options.engine(model).load(model, options.loadWithFeatures())) {
            List<String> names = classes.isEmpty()
                    ? IntStream.range(0, network.classes())
                            .mapToObj(Integer::toString)
                            .toList()
                    : classes;
            int[] labels = images.labels();
            int[] known = IntStream.range(0, labels.length)
                    .filter(i -> labels[i] < network.classes())
                    .toArray();
            if (known.length == 0) {
                throw new DataException("labels.npy must have images of the model's %d classes, but had none"
                        .formatted(network.classes()));
            }
            SourceSurvey.Findings findings = survey.begin(network, names);
            look(network, images, inputs, known, findings);
            file.write(findings::writeTo);
            PrintWriter text = spec.commandLine().getOut();
            text.printf(
                    "%s: %d classes, %d features, from %d images%s%n",
                    out.getFileName(),
                    names.size(),
                    network.features().orElseThrow(),
                    known.length,
                    known.length < labels.length
                            ? "; %d of other classes left out".formatted(labels.length - known.length)
                            : "");
            text.flush();
        }
        return 0;
    }

    private void look(
            AdaptableModel network,
            LabelledImages images,
            Preprocessing inputs,
            int[] rows,
            SourceSurvey.Findings findings)
            throws IOException {
        ImageBatcher batcher = ImageBatcher.of(network, images.images().shape(), inputs, batch);
        int[] labels = images.labels();
        byte[] pixels = new byte[images.images().shape().values()];
        for (int start = 0; start < rows.length; start += batch) {
            int[] some = Arrays.copyOfRange(rows, start, Math.min(start + batch, rows.length));
            batcher.begin();
            for (int row : some) {
                images.images().read(row, pixels);
                batcher.add(pixels);
            }
            try (Pass pass = network.serve(batcher.batch(), network.source())) {
                findings.add(pass, Arrays.stream(some).map(row -> labels[row]).toArray());
            }
        }
    }
}
