package io.tta4j.stream.cli;

import io.tta4j.model.Statistics;
import io.tta4j.stream.data.Selection;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Learns from source data how sure a model is of it. */
@Command(
        name = "calibrate",
        description = {
            "Learns how sure a model is of data like its own, once, from clean images, for guard.calibration.",
            "",
            "The images must be none that the model was trained on, of which it would be too sure: a folder with",
            "images.npy, uint8 [N, H, W, 3], for which no labels are needed, or another data set without corruption",
            "(docs/data.md). The more, the sooner the drift gate finds a drift. The file holds quantiles of entropies,",
            "no sample.",
            ""
        },
        footer = {
            "  tta calibrate --model net.onnx --data clean --out calibration.json",
            "  tta replay --model net.onnx --data cifar10-c --set guard.driftGate=true,guard.calibration=calibration.json"
        })
final class CalibrateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SurveyOptions options = new SurveyOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "samples at most: the first ones, and of image files as many of each class (default: all)")
    private @Nullable Integer limit;

    @Mixin
    private StatisticsOption statistics = new StatisticsOption();

    @Override
    public Integer call() throws IOException {
        int most = limit == null ? Integer.MAX_VALUE : limit;
        Positive.require("--limit", most);
        Statistics wanted = statistics.parsed();
        options.survey(
                "entropies",
                false,
                spec.commandLine(),
                (set, network) -> new SurveyOptions.Plan(
                        network.withStatistics(wanted),
                        List.of(),
                        Selection.of(set, most).rows(),
                        seen -> "%d classes, from %d samples".formatted(network.classes(), seen)));
        return 0;
    }
}
