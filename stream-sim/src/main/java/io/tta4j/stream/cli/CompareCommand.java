package io.tta4j.stream.cli;

import io.tta4j.stream.report.Comparison;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares what replays have written as JSON. */
@Command(
        name = "compare",
        description = {
            "Compares replays: how far each method's accuracy on each stream is from the first replay's.",
            "",
            "Where both say which answer was right and show the same images in the same order, a difference has a 95 %%",
            "interval (a paired block bootstrap). What else is not the same is warned of: model, data, settings, versions.",
            ""
        },
        footer = {
            "  tta replay --model net.onnx --data cifar10-c --json before.json",
            "  tta replay --model net.onnx --data cifar10-c --set sar.rho=0.1 --json after.json",
            "  tta compare before.json after.json"
        })
final class CompareCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "2..*", paramLabel = "F.json", description = "what tta replay --json has written")
    private List<Path> files = List.of();

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        text.print(Comparison.of(files));
        text.flush();
        return 0;
    }
}
