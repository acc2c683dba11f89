package io.tta4j.stream.cli;

import io.tta4j.engine.Engine;
import io.tta4j.engine.Engines;
import io.tta4j.model.AdaptableModel;
import io.tta4j.stream.corruption.Corruptions;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.demo.TexturedShapes;
import io.tta4j.stream.replay.Replay;
import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.report.ConsoleTable;
import io.tta4j.stream.report.Environment;
import io.tta4j.stream.report.ReplayReport;
import io.tta4j.stream.report.ReportFormat;
import io.tta4j.stream.report.Summary;
import io.tta4j.stream.setting.Streams;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Replays the embedded image set through the embedded network. */
@Command(
        name = "demo",
        description = {
            "Shows what adaptation buys, with a network and images that need no file from outside.",
            "",
            "A small network knows ten textured shapes. Held-out shapes reach it corrupted, batch by batch; the network",
            "as trained, Tent and SAR answer the same batches.",
            ""
        },
        footer = {"  tta demo", "  tta demo --engine djl", "  tta demo --report demo.html --json demo.json"})
final class DemoCommand implements Callable<Integer> {

    private static final String CAVEAT =
            "These corruptions are ones that adaptation helps with here. It does not always:"
                    + " on contrast Tent loses 22 points at the same settings (docs/results.md). Replay your own data.";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--engine",
            paramLabel = "E",
            defaultValue = "onnx",
            description = "what runs the network: onnx or djl (default: ${DEFAULT-VALUE})")
    private String engine = "";

    @Option(names = "--report", paramLabel = "F", description = "write a self-contained HTML page with plots")
    private @Nullable Path report;

    @Option(names = "--json", paramLabel = "F", description = "write results, config and environment as JSON")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
        ReportFiles files = new ReportFiles();
        files.add(report, ReportFormat.HTML);
        files.add(json, ReportFormat.JSON);
        DemoSettings settings = DemoSettings.ofDefaults();
        MethodChoice choice = MethodChoice.of(settings.methods(), settings.settings());
        List<byte[]> clean = DemoImages.clean(settings.images());
        List<Images> images = settings.corruptions().stream()
                .<Images>map(name -> new DemoImages(clean, Corruptions.named(name), settings.severity()))
                .toList();
        Engine chosen = Engines.named(engine);
        PrintWriter text = spec.commandLine().getOut();
        try (DemoModel model = DemoModel.of(chosen)) {
            AdaptableModel network = model.network();
            text.println(String.format(
                    Locale.ROOT,
                    "%d held-out images under each of %d corruptions (severity %d), in batches of %d.",
                    settings.images(),
                    images.size(),
                    settings.severity(),
                    settings.batch()));
            text.println();
            text.flush();
            Replay replay = new Replay(
                    network,
                    images,
                    DemoImages.labels(settings.images()),
                    Preprocessing.ofDefaults(),
                    settings.batch());
            List<ReplayResult> results;
            try (Progress progress = Progress.of((long) images.size() * settings.images())) {
                results = replay.run(Streams.mild(), choice.methods(), progress);
            }
            text.print(ConsoleTable.of(results));
            text.println();
            conclusions(results).forEach(text::println);
            text.println(CAVEAT);
            text.flush();
            files.write(
                    new ReplayReport(results, config(chosen, model, settings, choice), Environment.current(), images));
        }
        return 0;
    }

    /** What the table says, in words. */
    private static List<String> conclusions(List<ReplayResult> results) {
        List<Summary> methods = Summary.of(results);
        Summary source = methods.get(0);
        return methods.stream()
                .map(method -> method.equals(source)
                        ? String.format(
                                Locale.ROOT,
                                "As trained, the network gets %.1f %% of the corrupted images right.",
                                source.accuracy())
                        : conclusion(method, source))
                .toList();
    }

    private static String conclusion(Summary method, Summary source) {
        double gain = method.accuracy() - source.accuracy();
        return String.format(
                Locale.ROOT,
                "With %s, learning from the same images without their labels, it gets %.1f %% right: %.1f points %s,"
                        + " at %.1f times the time.",
                method.method(),
                method.accuracy(),
                Math.abs(gain),
                gain < 0 ? "fewer" : "more",
                method.relativeCost());
    }

    private static Map<String, Object> config(
            Engine engine, DemoModel model, DemoSettings settings, MethodChoice choice) throws IOException {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model", ModelFacts.of(engine, model.network(), model.name(), model.bytes()));
        config.put("data", "textured shapes");
        config.put("classes", TexturedShapes.classNames());
        config.put("corruptions", settings.corruptions());
        config.put("severity", settings.severity());
        config.put("images", settings.images());
        config.put("setting", "mild");
        config.put("order", "stored");
        config.put("batch", settings.batch());
        config.put("methods", settings.methods());
        config.put("settings", choice.settings());
        config.put("seed", TexturedShapes.HELD_OUT_SEED);
        return config;
    }
}
