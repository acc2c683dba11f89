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
        mixinStandardHelpOptions = true,
        versionProvider = Tta.Version.class,
        usageHelpWidth = Tta.HELP_WIDTH,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
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
                    "samples at most: the first ones, and of class folders evenly from all (default: ${DEFAULT-VALUE}, as"
                            + " EATA's authors)")
    private int limit;

    @Mixin
    private StatisticsOption statistics = new StatisticsOption();

    @Override
    public Integer call() throws IOException {
        SurveyOptions.requireLimit(limit);
        Statistics wanted = statistics.parsed();
        OutputFile file = options.file();
        ModelCard card = options.card();
        SourceSurvey survey = SourceSurveys.named("fisher");
        try (DataSet set = options.openUnlabelled(card);
                InspectableModel network = options.load(false)) {
            AdaptableModel view = network.withStatistics(wanted);
            PrintWriter err = spec.commandLine().getErr();
            LabelledSamples samples = options.samples(set, card, view, err);
            int[] rows = SurveyOptions.rows(set, samples, limit);
            SourceSurvey.Findings findings = survey.begin(view, List.of());
            int seen = options.look(view, samples, card, rows, survey, findings, err);
            file.write(findings::writeTo);
            PrintWriter text = spec.commandLine().getOut();
            text.printf(
                    "%s: %d parameters, from %d samples%n",
                    options.fileName(), network.layout().size(), seen);
            text.flush();
        }
        return 0;
    }
}
