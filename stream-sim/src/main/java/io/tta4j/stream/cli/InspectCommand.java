package io.tta4j.stream.cli;

import io.tta4j.engine.Engine;
import io.tta4j.engine.InspectableModel;
import io.tta4j.engine.Inspection;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ModelException;
import io.tta4j.model.NormLayer;
import io.tta4j.stream.card.ModelCard;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.Domain;
import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpzFile;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.data.Samples;
import io.tta4j.stream.image.Geometry;
import io.tta4j.stream.report.OutputFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what the engine finds in a model file, and computes gradients with it. */
@Command(
        name = "inspect",
        description = {
            "Says what there is to adapt in a model, and whether it can be.",
            "",
            "With --gradient, also computes the gradient of a batch's mean softmax entropy and writes it as an .npz:",
            "<layer>.weight and <layer>.bias of every norm layer; logits [N, C]; sample_gradient_norm [N], the L2 norm",
            "of each sample's own entropy gradient (left out where samples depend on each other).",
            ""
        },
        footer = {
            "  tta inspect net.onnx",
            "  tta inspect net.pt",
            "  tta inspect net.onnx --data cifar10-c",
            "  tta inspect net.onnx --gradient batch.npy --out gradient.npz",
            "  tta inspect encoder.onnx --logits scores --shape input_ids=128,attention_mask=128"
        })
final class InspectCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "M", description = "the model: ONNX or TorchScript")
    private Path model = Path.of("");

    @Option(
            names = "--gradient",
            paramLabel = "X",
            description = "a batch: float32 .npy, fed as it is; .npz, by input name; uint8 .npy of images [N, H, W, 3]")
    private @Nullable Path batch;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "a data set, as for replay: warns where its images are probably scaled wrongly for the model")
    private @Nullable Path data;

    @Option(names = "--out", paramLabel = "G.npz", description = "where the gradient goes")
    private @Nullable Path out;

    @Mixin
    private ModelOptions options = new ModelOptions();

    @Mixin
    private DataOptions reading = new DataOptions();

    @Mixin
    private PreprocessingOptions preprocessing = new PreprocessingOptions();

    @Mixin
    private ScalingOptions scaling = new ScalingOptions();

    @Override
    public Integer call() throws IOException {
        if ((batch == null) != (out == null)) {
            throw new IllegalArgumentException("--gradient and --out must be given together, but only one was");
        }
        ModelCard card = preprocessing.card(model);
        OutputFile gradient = out == null ? null : OutputFile.at(out);
        PrintWriter text = spec.commandLine().getOut();
        Engine engine = options.engine(model);
        if (gradient == null && data == null) {
            print(engine.inspect(model, options.load()), text);
            return 0;
        }
        try (InspectableModel network = load(engine, text)) {
            print(network.inspection(), text);
            if (data != null) {
                checkScaling(network, data, card, text);
            }
            if (batch != null && gradient != null) {
                writeGradient(network, batch, card.preprocessing(), gradient, text);
            }
        }
        return 0;
    }

    private void checkScaling(AdaptableModel network, Path folder, ModelCard card, PrintWriter text)
            throws IOException {
        try (DataSet set = reading.open(folder, card)) {
            int severity = set.severities().get(set.severities().size() - 1);
            Geometry geometry = DataOptions.geometry(set, card, network);
            List<Samples> samples = new ArrayList<>();
            for (String corruption : set.corruptions()) {
                samples.add(set.samples(new Domain(corruption, severity), geometry));
            }
            DataOptions.warnOfOrder(set, network, spec.commandLine().getErr());
            if (scaling.check(
                            network,
                            samples,
                            card.preprocessing(),
                            spec.commandLine().getErr())
                    .isEmpty()) {
                line(text, "scaling", "no other common scaling clearly fits the data better");
            }
            text.flush();
        }
    }

    /** Loads the model; of one that cannot be adapted, prints what there is. */
    private InspectableModel load(Engine engine, PrintWriter text) {
        try {
            return engine.load(model, options.load());
        } catch (ModelException e) {
            print(engine.inspect(model, options.load()), text);
            throw e;
        }
    }

    private static void writeGradient(
            AdaptableModel network, Path file, Preprocessing inputs, OutputFile gradient, PrintWriter text)
            throws IOException {
        Batch rows = BatchFile.read(file, network, inputs);
        Map<String, NpyArray> arrays = EntropyGradient.of(network, rows);
        gradient.write(stream -> NpzFile.write(stream, arrays));
        if (!network.samplesIndependent()) {
            text.println("sample_gradient_norm is left out: samples depend on each other");
        }
        text.flush();
    }

    /** @throws ModelException behind the text, if the model cannot be adapted */
    private void print(Inspection inspection, PrintWriter text) {
        text.println(model.getFileName());
        line(
                text,
                "inputs",
                inspection.inputs().stream()
                        .map(input -> input.name() + " " + input)
                        .collect(Collectors.joining(", ")));
        line(text, "outputs", String.join(", ", inspection.outputs()));
        line(
                text,
                "logits",
                "%s, %d classes%s"
                        .formatted(
                                inspection.logits(),
                                inspection.classes(),
                                inspection.softmaxOutput() ? "; the output is a softmax of them" : ""));
        inspection
                .features()
                .ifPresent(features ->
                        line(text, "features", "%s, %d values a sample".formatted(features.name(), features.width())));
        line(
                text,
                "samples",
                inspection.samplesIndependent()
                        ? "independent: a row of the logits depends on its own sample alone"
                        : "not independent: a row of the logits depends on the whole batch");
        if (inspection.obstacles().isEmpty()) {
            line(text, "obstacles", "none: gradients reach every norm layer below");
        }
        inspection.obstacles().forEach(obstacle -> line(text, "obstacle", obstacle));
        inspection.notes().forEach(note -> line(text, "note", note));
        List<NormLayer> layers = inspection.layout().layers();
        line(text, "norm layers", "%d, with %d parameters".formatted(layers.size(), inspection.parameters()));
        int width =
                layers.stream().mapToInt(layer -> layer.name().length()).max().orElse(0);
        for (NormLayer layer : layers) {
            text.println(String.format(
                    Locale.ROOT,
                    "  %-" + width + "s  %-13s  %d%s",
                    layer.name(),
                    layer.kind().label(),
                    layer.width(),
                    layer.biasOffset().isPresent() ? "" : ", no shifts"));
        }
        text.flush();
        if (!inspection.obstacles().isEmpty()) {
            throw new ModelException("'%s' cannot be adapted: %s"
                    .formatted(model.getFileName(), String.join("; and ", inspection.obstacles())));
        }
    }

    private static void line(PrintWriter text, String label, String value) {
        text.println(String.format(Locale.ROOT, "%-13s %s", label, value));
    }
}
