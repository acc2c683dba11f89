package io.tta4j.stream.cli;

import io.tta4j.engine.Engine;
import io.tta4j.model.AdaptableModel;
import io.tta4j.stream.card.ModelCard;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.LabelledSamples;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.data.Samples;
import io.tta4j.stream.image.Geometry;
import io.tta4j.stream.replay.Replay;
import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.report.ConsoleTable;
import io.tta4j.stream.report.Environment;
import io.tta4j.stream.report.ReplayReport;
import io.tta4j.stream.report.ReportFormat;
import io.tta4j.stream.setting.ClassIncremental;
import io.tta4j.stream.setting.LabelShift;
import io.tta4j.stream.setting.Mild;
import io.tta4j.stream.setting.Mixed;
import io.tta4j.stream.setting.StreamSetting;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Replays corrupted samples through a model and compares methods. */
@Command(
        name = "replay",
        description = {
            "Replays corrupted images through a model, batch by batch: each method answers, is scored, then adapts.",
            "",
            "DIR is laid out as CIFAR-10-C is: <corruption>.npy, uint8 [N, H, W, 3], and labels.npy [N]; or as ImageNet-C:",
            "<corruption>/<severity>/<class>/<file>. Class folders, Tiny-ImageNet, CIFAR's binary files and .npz files of",
            "images or of token ids are read, too (docs/data.md).",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Tta.Version.class,
        usageHelpWidth = Tta.HELP_WIDTH,
        sortOptions = false,
        modelTransformer = SettingsHelp.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tta replay --model net.onnx --data cifar10-c --report replay.html",
            "  tta replay --model net.onnx --data cifar10-c --corruption fog,snow --set sar.rho=0.1,sar.layers=all",
            "  tta replay --model net.pt --data cifar10-c --setting label-shift --batch 16 --json replay.json",
            "  tta replay --model net.onnx --data cifar10-c --setting class-incremental --support support --shots 5"
        })
final class ReplayCommand implements Callable<Integer>, Debuggable {

    private static final String ALL = "all";
    private static final String INCREMENTAL = "class-incremental";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "M",
            required = true,
            description = "the model, a classifier of images: ONNX or TorchScript")
    private Path model = Path.of("");

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "the samples and their labels")
    private Path data = Path.of("");

    @Option(
            names = "--corruption",
            paramLabel = "A,B,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = ALL,
            description = "which corruptions (default: ${DEFAULT-VALUE})")
    private List<String> corruptions = List.of();

    @Option(
            names = "--setting",
            paramLabel = "S",
            defaultValue = "mild",
            description = {
                "mild: each corruption apart, from the source state (default)",
                "mixed: the images of all corruptions, shuffled together",
                "label-shift: each corruption apart, in as many stretches as there are classes; in each stretch one"
                        + " class prevails (SAR's online imbalanced label shift)",
                "class-incremental: one stream in sessions, which bring new classes while the corruption changes"
            })
    private String setting = "";

    @Option(
            names = "--order",
            paramLabel = "O",
            defaultValue = "stored",
            description =
                    "of the mild setting: stored or shuffled (default: ${DEFAULT-VALUE}); the others always shuffle")
    private String order = "";

    @Option(
            names = "--imbalance",
            paramLabel = "R",
            defaultValue = "500000",
            description = "of the label-shift setting: how many times as likely the prevailing class is as any other"
                    + " (default: ${DEFAULT-VALUE})")
    private double imbalance;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "64",
            description = "images a request (default: ${DEFAULT-VALUE})")
    private int batch;

    @Option(
            names = "--method",
            paramLabel = "A,B,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "source,tent,sar",
            description = "what to compare (default: ${DEFAULT-VALUE})")
    private List<String> methods = List.of();

    @Option(
            names = "--set",
            paramLabel = "METHOD.NAME=VALUE,...",
            hideParamSyntax = true,
            description = "a setting of a method, listed below; may be repeated")
    private List<String> settings = List.of();

    @Option(names = "--limit", paramLabel = "N", description = "images per corruption, from the first (default: all)")
    private @Nullable Integer limit;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "what shuffling and drawing depend on (default: ${DEFAULT-VALUE})")
    private long seed;

    @Mixin
    private IncrementalOptions incremental = new IncrementalOptions();

    @Mixin
    private ModelOptions options = new ModelOptions();

    @Mixin
    private DataOptions reading = new DataOptions();

    @Mixin
    private PreprocessingOptions preprocessing = new PreprocessingOptions();

    @Mixin
    private ScalingOptions scaling = new ScalingOptions();

    @Option(names = "--json", paramLabel = "F", description = "write results, config and environment as JSON")
    private @Nullable Path json;

    @Option(names = "--csv", paramLabel = "F", description = "write the results as CSV")
    private @Nullable Path csv;

    @Option(names = "--report", paramLabel = "F", description = "write a self-contained HTML page with plots")
    private @Nullable Path report;

    @Option(names = "--debug", description = "show stack traces")
    private boolean debug;

    @Override
    public boolean debug() {
        return debug;
    }

    @Override
    public Integer call() throws IOException {
        MethodChoice choice = MethodChoice.of(methods, settings);
        List<StreamSetting> plain = plainSettings();
        ModelCard card = preprocessing.card(model);
        Preprocessing inputs = card.preprocessing();
        PrintWriter err = spec.commandLine().getErr();
        BadFiles badFiles = reading.badFiles(err);
        requirePositive("--batch", batch);
        requirePositive("--limit", limit == null ? 1 : limit);
        ReportFiles files = new ReportFiles();
        files.add(json, ReportFormat.JSON);
        files.add(csv, ReportFormat.CSV);
        files.add(report, ReportFormat.HTML);
        Engine engine = options.engine(model);
        try (DataSet set = reading.open(data, card);
                DataSet support = setting.equals(INCREMENTAL) ? incremental.openSupport(reading, card) : null) {
            List<String> chosen = chosenCorruptions(set);
            int severity = set.severities().get(set.severities().size() - 1);
            chosen.forEach(corruption -> set.require(corruption, severity));
            int[] labels = set.labels();
            int[] used = limit == null ? labels : Arrays.copyOf(labels, Math.min(limit, labels.length));
            byte[] bytes = Files.readAllBytes(model);
            try (AdaptableModel network = engine.load(model, options.load(choice.methods()))) {
                Geometry geometry = DataOptions.geometry(set, card, network);
                List<Samples> samples = new ArrayList<>();
                for (String corruption : chosen) {
                    samples.add(set.samples(corruption, severity, geometry));
                }
                DataOptions.warnOfOrder(set, network, err);
                LabelledSamples supports = support == null ? null : DataOptions.labelled(support, card, network);
                // Of the file as it is now: it may be another one when the replay is over.
                Map<String, Object> facts =
                        ModelFacts.of(engine, network, model.getFileName().toString(), bytes);
                Replay replay = supports == null
                        ? new Replay(network, samples, used, inputs, batch)
                        : new Replay(network, samples, used, supports, inputs, batch);
                scaling.check(network, samples, inputs, err);
                List<? extends StreamSetting> drawn = supports == null
                        ? plain
                        : incremental.settings(network.classes(), used, supports.labels(), seed);
                long total = samplesIn(drawn, samples, used);
                PrintWriter text = spec.commandLine().getOut();
                describe(drawn.get(0), text);
                List<ReplayResult> results = new ArrayList<>();
                try (Progress progress = Progress.of(total)) {
                    for (StreamSetting streams : drawn) {
                        results.addAll(replay.run(streams, choice.methods(), badFiles.over(progress)));
                    }
                }
                text.print(ConsoleTable.of(results));
                text.flush();
                badFiles.report();
                Map<String, Object> config = config(facts, samples, used.length, drawn.get(0), choice);
                config.putAll(preprocessing.config(model, inputs, geometry));
                if (badFiles.count() > 0) {
                    config.put("skippedFiles", badFiles.count());
                }
                files.write(new ReplayReport(results, config, Environment.current()));
            }
        }
        return 0;
    }

    private static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1, but was %d".formatted(option, value));
        }
    }

    private static long samplesIn(List<? extends StreamSetting> drawn, List<Samples> samples, int[] labels) {
        List<String> names = samples.stream().map(Samples::name).toList();
        return drawn.stream()
                .flatMap(streams -> streams.streams(names, labels).stream())
                .flatMap(stream -> stream.sessions().stream())
                .mapToLong(session -> session.positions().size())
                .sum();
    }

    private List<String> chosenCorruptions(DataSet set) {
        return corruptions.contains(ALL) ? set.corruptions() : List.copyOf(new LinkedHashSet<>(corruptions));
    }

    /** The setting where it needs nothing but options; none for the class-incremental one. */
    private List<StreamSetting> plainSettings() {
        boolean shuffled = switch (order) {
            case "stored" -> false;
            case "shuffled" -> true;
            default ->
                throw new IllegalArgumentException("--order must be stored or shuffled, but was '%s'".formatted(order));
        };
        return switch (setting) {
            case "mild" -> List.of(shuffled ? Mild.shuffled(seed) : Mild.stored());
            case "mixed" -> List.of(new Mixed(seed));
            case "label-shift" -> List.of(new LabelShift(imbalance, seed));
            case INCREMENTAL -> List.of();
            default ->
                throw new IllegalArgumentException(
                        "--setting must be mild, mixed, label-shift or class-incremental, but was '%s'"
                                .formatted(setting));
        };
    }

    private void describe(StreamSetting streams, PrintWriter text) {
        if (streams instanceof ClassIncremental sessions) {
            text.println(sessions.description() + ", seeds " + incremental.seeds(seed));
            text.println();
            text.flush();
        }
    }

    private Map<String, Object> config(
            Map<String, Object> facts, List<Samples> samples, int used, StreamSetting streams, MethodChoice choice)
            throws IOException {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model", facts);
        config.put("data", data.toRealPath().getFileName().toString());
        config.put("corruptions", samples.stream().map(Samples::name).toList());
        config.put("images", used);
        config.put("setting", setting);
        config.put("order", setting.equals("mild") ? order : "shuffled");
        if (setting.equals("label-shift")) {
            config.put("imbalance", imbalance);
        }
        if (streams instanceof ClassIncremental sessions) {
            config.putAll(incremental.config(sessions, seed));
        }
        config.put("batch", batch);
        config.put("methods", List.copyOf(choice.settings().keySet()));
        config.put("settings", choice.settings());
        if (!setting.equals(INCREMENTAL)) {
            config.put("seed", seed);
        }
        return config;
    }
}
