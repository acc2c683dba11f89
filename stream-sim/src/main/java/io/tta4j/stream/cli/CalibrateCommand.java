package io.tta4j.stream.cli;

import io.tta4j.engine.InspectableModel;
import io.tta4j.method.SourceSurvey;
import io.tta4j.method.SourceSurveys;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Statistics;
import io.tta4j.stream.card.ModelCard;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.LabelledSamples;
import io.tta4j.stream.report.OutputFile;
import java.io.IOException;
import java.io.PrintWriter;
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
        mixinStandardHelpOptions = true,
        versionProvider = Tta.Version.class,
        usageHelpWidth = Tta.HELP_WIDTH,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
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
            description = "samples at most: the first ones, and of class folders evenly from all (default: all)")
    private @Nullable Integer limit;

    @Mixin
    private StatisticsOption statistics = new StatisticsOption();

    @Override
    public Integer call() throws IOException {
        int most = limit == null ? Integer.MAX_VALUE : limit;
        SurveyOptions.requireLimit(most);
        Statistics wanted = statistics.parsed();
        OutputFile file = options.file();
        ModelCard card = options.card();
        SourceSurvey survey = SourceSurveys.named("entropies");
        try (DataSet set = options.openUnlabelled(card);
                InspectableModel network = options.load(false)) {
            AdaptableModel view = network.withStatistics(wanted);
            PrintWriter err = spec.commandLine().getErr();
            LabelledSamples samples = options.samples(set, card, view, err);
            SourceSurvey.Findings findings = survey.begin(view, List.of());
            int seen = options.look(view, samples, card, SurveyOptions.rows(set, samples, most), survey, findings, err);
            file.write(findings::writeTo);
            PrintWriter text = spec.commandLine().getOut();
            text.printf("%s: %d classes, from %d samples%n", options.fileName(), network.classes(), seen);
            text.flush();
        }
        return 0;
    }
}
