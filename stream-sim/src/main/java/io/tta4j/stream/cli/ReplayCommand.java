package io.tta4j.stream.cli;

import io.tta4j.engine.Engine;
import io.tta4j.model.AdaptableModel;
import io.tta4j.stream.data.CorruptedSet;
import io.tta4j.stream.data.Domain;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.LabelledImages;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.replay.Replay;
import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.report.ConsoleTable;
import io.tta4j.stream.report.Environment;
import io.tta4j.stream.report.ReplayReport;
import io.tta4j.stream.report.ReportFormat;
import io.tta4j.stream.setting.ClassIncremental;
import io.tta4j.stream.setting.ImageStream;
import io.tta4j.stream.setting.StreamSetting;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Replays a folder of corrupted images through a model and compares methods. */
@Command(
        name = "replay",
        description = {
            "Replays corrupted images through a model, batch by batch: each method answers, is scored, then adapts.",
            "",
            "DIR is laid out as CIFAR-10-C is: <corruption>.npy, uint8 [N, H, W, 3], and labels.npy [N]; severities 1 to 5",
            "one after another in each file, or in folders severity1 to severity5, or one severity alone.",
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
            "  tta replay --model net.onnx --data cifar10-c --setting all --seeds 0-4 --limit 1000",
            "  tta replay --model net.onnx --data cifar10-c --setting drift --drift incremental --corruption fog,snow",
            "  tta replay --model net.onnx --data cifar10-c --setting class-incremental --support support --shots 5"
        })
final class ReplayCommand implements Callable<Integer>, Debuggable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "M",
            required = true,
            description = "the model, a classifier of images: ONNX or TorchScript")
    private Path model = Path.of("");

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "the folder of images and labels")
    private Path data = Path.of("");

    @Mixin
    private StreamOptions streams = new StreamOptions();

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

    @Mixin
    private IncrementalOptions incremental = new IncrementalOptions();

    @Mixin
    private ModelOptions options = new ModelOptions();

    @Mixin
    private PreprocessingOptions preprocessing = new PreprocessingOptions();

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
        streams.check();
        Preprocessing inputs = preprocessing.preprocessing();
        requirePositive("--batch", batch);
        requirePositive("--limit", limit == null ? 1 : limit);
        ReportFiles files = new ReportFiles();
        files.add(json, ReportFormat.JSON);
        files.add(csv, ReportFormat.CSV);
        files.add(report, ReportFormat.HTML);
        Engine engine = options.engine(model);
        try (CorruptedSet set = CorruptedSet.open(data);
                LabelledImages clean = streams.openClean();
                LabelledImages supports = streams.isClassIncremental() ? incremental.openSupport() : null) {
            int[] labels = set.labels();
            int[] used = limit == null ? labels : Arrays.copyOf(labels, Math.min(limit, labels.length));
            List<Images> images = streams.open(set, clean, used);
            List<? extends StreamSetting> plain = supports == null ? streams.streams(used.length) : List.of();
            long total = imagesIn(plain, images, used);
            byte[] bytes = Files.readAllBytes(model);
            try (AdaptableModel network = engine.load(model, options.load(choice.methods()))) {
                // Of the file as it is now: it may be another one when the replay is over.
                Map<String, Object> facts =
                        ModelFacts.of(engine, network, model.getFileName().toString(), bytes);
                Replay replay = supports == null
                        ? new Replay(network, images, used, inputs, batch)
                        : new Replay(network, images, used, supports, inputs, batch);
                List<? extends StreamSetting> drawn = supports == null
                        ? plain
                        : incremental.settings(network.classes(), used, supports.labels(), streams.seeds());
                PrintWriter text = spec.commandLine().getOut();
                streams.descriptions(drawn).forEach(text::println);
                text.println();
                text.flush();
                List<ReplayResult> results = new ArrayList<>();
                try (Progress progress = Progress.of(supports == null ? total : imagesIn(drawn, images, used))) {
                    for (StreamSetting setting : drawn) {
                        results.addAll(replay.run(setting, choice.methods(), progress));
                    }
                }
                tables(results).forEach(text::print);
                text.flush();
                Map<String, Object> config = config(facts, images, used.length, drawn, choice, inputs);
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

    private static long imagesIn(List<? extends StreamSetting> drawn, List<Images> images, int[] labels) {
        List<Domain> domains = images.stream().map(Images::domain).toList();
        return drawn.stream()
                .flatMap(setting -> setting.streams(domains, labels).stream())
                .mapToLong(ImageStream::images)
                .sum();
    }

    /** One for each setting, with its name where there are several. */
    private static List<String> tables(List<ReplayResult> results) {
        Map<String, List<ReplayResult>> settings = new LinkedHashMap<>();
        results.forEach(result -> settings.computeIfAbsent(result.setting(), name -> new ArrayList<>())
                .add(result));
        List<String> tables = new ArrayList<>();
        settings.forEach((name, ofSetting) ->
                tables.add((settings.size() == 1 ? "" : "%n%s%n".formatted(name)) + ConsoleTable.of(ofSetting)));
        return tables;
    }

    private Map<String, Object> config(
            Map<String, Object> facts,
            List<Images> images,
            int used,
            List<? extends StreamSetting> drawn,
            MethodChoice choice,
            Preprocessing inputs)
            throws IOException {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model", facts);
        config.put("data", data.toRealPath().getFileName().toString());
        config.put("corruptions", images.stream().map(Images::name).toList());
        config.putAll(streams.config());
        config.put("images", used);
        config.put("setting", streams.names());
        config.put("streams", streams.descriptions(drawn));
        if (drawn.get(0) instanceof ClassIncremental sessions) {
            config.putAll(incremental.config(sessions));
        }
        config.put("seeds", streams.seeds());
        config.put("batch", batch);
        config.put("methods", List.copyOf(choice.settings().keySet()));
        config.put("settings", choice.settings());
        config.put("scale", inputs.scale());
        config.put("mean", inputs.mean());
        config.put("std", inputs.std());
        return config;
    }
}
