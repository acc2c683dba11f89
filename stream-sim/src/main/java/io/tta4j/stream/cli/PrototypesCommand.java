package io.tta4j.stream.cli;

import io.tta4j.engine.InspectableModel;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.data.DataSet;
import java.io.IOException;
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
        footer = {
            "  tta prototypes --model net.onnx --data train-sample --out net.safetensors",
            "  tta replay --model net.onnx --data cifar10-c --method csfa --set csfa.prototypes=net.safetensors"
        })
final class PrototypesCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SurveyOptions options = new SurveyOptions();

    @Option(
            names = "--classes",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            description = "the names of the model's classes, in its order (default: their numbers)")
    private List<String> classes = List.of();

    @Override
    public Integer call() throws IOException {
        options.survey("prototypes", true, spec.commandLine(), this::plan);
        return 0;
    }

    private SurveyOptions.Plan plan(DataSet set, InspectableModel network) {
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
        String others = known.length < labels.length
                ? "; %d of other classes left out".formatted(labels.length - known.length)
                : "";
        return new SurveyOptions.Plan(
                network,
                names,
                IntStream.of(known),
                seen -> "%d classes, %d features, from %d samples%s"
                        .formatted(names.size(), network.features().orElseThrow(), seen, others));
    }
}
