package io.tta4j.stream.cli;

import io.tta4j.model.Statistics;
import io.tta4j.stream.data.Selection;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Learns from source data which parameters matter to a model. */
@Command(
        name = "fisher",
        description = {
            "Learns which parameters matter to a model, once, from source images, for eata.fisher.",
            "",
            "The data is a folder with images.npy, uint8 [N, H, W, 3], for which no labels are needed, or another data set",
            "without corruption (docs/data.md). The file holds the squared gradients of the norm layers' scales and",
            "shifts, no sample.",
            ""
        },
        footer = {
            "  tta fisher --model net.onnx --data train-sample --out fisher.safetensors",
            "  tta replay --model net.onnx --data cifar10-c --method eata --set eata.fisher=fisher.safetensors"
        })
final class FisherCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SurveyOptions options = new SurveyOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "2000",
            description =
                    "samples at most: the first ones, and of image files as many of each class (default: ${DEFAULT-VALUE}, as"
                            + " EATA's authors)")
    private int limit;

    @Mixin
    private StatisticsOption statistics = new StatisticsOption();

    @Override
    public Integer call() throws IOException {
        Positive.require("--limit", limit);
        Statistics wanted = statistics.parsed();
        options.survey(
                "fisher",
                false,
                spec.commandLine(),
                (set, network) -> new SurveyOptions.Plan(
                        network.withStatistics(wanted),
                        List.of(),
                        Selection.of(set, limit).rows(),
                        seen -> "%d parameters, from %d samples"
                                .formatted(network.layout().size(), seen)));
        return 0;
    }
}
