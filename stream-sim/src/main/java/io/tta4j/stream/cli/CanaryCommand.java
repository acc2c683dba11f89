package io.tta4j.stream.cli;

import io.tta4j.stream.data.Selection;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Keeps samples that a model must go on answering. */
@Command(
        name = "canary",
        description = {
            "Keeps samples of source data that a model must go on answering as it does now, for guard.canary: a state",
            "that answers too many of them otherwise goes back to the last good one.",
            "",
            "The images are a folder with images.npy, uint8 [N, H, W, 3], for which no labels are needed, or another",
            "data set without corruption (docs/data.md). The file holds them as the model is fed, in safetensors: whoever",
            "has it has the samples.",
            ""
        },
        footer = {
            "  tta canary --model net.onnx --data clean --out canary.safetensors",
            "  tta replay --model net.onnx --data cifar10-c --guards --set guard.canary=canary.safetensors"
        })
final class CanaryCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SurveyOptions options = new SurveyOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "256",
            description =
                    "samples at most: the first ones, and of image files as many of each class (default: ${DEFAULT-VALUE})")
    private int limit;

    @Override
    public Integer call() throws IOException {
        Positive.require("--limit", limit);
        options.survey(
                "canary",
                false,
                spec.commandLine(),
                (set, network) -> new SurveyOptions.Plan(
                        network, List.of(), Selection.of(set, limit).rows(), seen -> "%d samples".formatted(seen)));
        return 0;
    }
}
