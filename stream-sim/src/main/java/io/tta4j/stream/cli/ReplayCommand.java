package io.tta4j.stream.cli;

import io.tta4j.engine.Engine;
import io.tta4j.engine.LoadOptions;
import io.tta4j.guard.Guards;
import io.tta4j.model.AdaptableModel;
import io.tta4j.stream.card.ModelCard;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.Domain;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.LabelledSamples;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.data.Samples;
import io.tta4j.stream.data.Selection;
import io.tta4j.stream.image.Geometry;
import io.tta4j.stream.replay.Protocol;
import io.tta4j.stream.replay.Replay;
import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.report.CellFiles;
import io.tta4j.stream.report.ConsoleTable;
import io.tta4j.stream.report.Environment;
import io.tta4j.stream.report.ReplayReport;
import io.tta4j.stream.report.ReportFormat;
import io.tta4j.stream.setting.ClassIncremental;
import io.tta4j.stream.setting.ImageStream;
import io.tta4j.stream.setting.StreamSetting;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
            "DIR is laid out as CIFAR-10-C is: <corruption>.npy, uint8 [N, H, W, 3], and labels.npy [N]; severities 1 to 5",
            "one after another in each file, or in folders severity1 to severity5, or one severity alone; or as ImageNet-C:",
            "<corruption>/<severity>/<class>/<file>. Class folders, Tiny-ImageNet, CIFAR's binary files and .npz files of",
            "images or of token ids are read, too (docs/data.md).",
            ""
        },
        modelTransformer = SettingsHelp.class,
        footer = {
            "  tta replay --model net.onnx --data cifar10-c --report replay.html",
            "  tta replay --model net.onnx --data cifar10-c --corruption fog,snow --set sar.rho=0.1,sar.layers=all",
            "  tta replay --model net.pt --data cifar10-c --setting label-shift --batch 16 --json replay.json",
            "  tta replay --model net.onnx --data cifar10-c --setting all --seeds 0-4 --limit 1000",
            "  tta replay --model net.onnx --data cifar10-c --setting drift --drift incremental --corruption fog,snow",
            "  tta replay --model net.onnx --data cifar10-c --setting class-incremental --support support --shots 5",
            "  tta replay --model net.onnx --data cifar10-c --clean clean --eta 1 --cost-ratio tent=2,sar=4",
            "  tta replay --model net.onnx --data imagenet/val --corrupt fog,snow --severity 3",
            "  tta replay --model net.onnx --data cifar10-c --set guard.driftGate=true,guard.calibration=calibration.json",
            "",
            "Every measure, and the fields of JSON and CSV: docs/protocol.md."
        })
final class ReplayCommand implements Callable<Integer> {

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
            description =
                    "what to compare (default: ${DEFAULT-VALUE}); all: every method that the model goes with, but for"
                            + " those that learn classes")
    private List<String> methods = List.of();

    @Option(
            names = "--set",
            paramLabel = "METHOD.NAME=VALUE,...",
            hideParamSyntax = true,
            description = "a setting of a method or of guards, listed below; may be repeated")
    private List<String> settings = List.of();

    @Mixin
    private GuardOptions guarding = new GuardOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description =
                    "images per corruption: the first ones, and of image files as many of each class (default: all)")
    private @Nullable Integer limit;

    @Mixin
    private IncrementalOptions incremental = new IncrementalOptions();

    @Mixin
    private ProtocolOptions measures = new ProtocolOptions();

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

    @Option(
            names = "--no-hits",
            description = "leave out of the JSON which answer was right: smaller, but no intervals in tta compare")
    private boolean withoutHits;

    @Mixin
    private Resumption resumption = new Resumption();

    @Mixin
    private AuditOptions audit = new AuditOptions();

    @Option(names = "--csv", paramLabel = "F", description = "write the results as CSV")
    private @Nullable Path csv;

    @Option(names = "--report", paramLabel = "F", description = "write a self-contained HTML page with plots")
    private @Nullable Path report;

    @Override
    public Integer call() throws IOException {
        MethodChoice wanted = MethodChoice.of(methods, settings);
        Optional<Guards> guards = guarding.guards(wanted.guards());
        streams.check();
        ModelCard card = preprocessing.card(model);
        Preprocessing inputs = card.preprocessing();
        PrintWriter err = spec.commandLine().getErr();
        BadFiles badFiles = reading.badFiles(err);
        audit.trails(wanted.settings());
        int most = limit == null ? Integer.MAX_VALUE : limit;
        Positive.require("--batch", batch);
        Positive.require("--limit", most);
        ReportFiles files = new ReportFiles();
        files.add(json, withoutHits ? ReportFormat.JSON_WITHOUT_HITS : ReportFormat.JSON);
        files.add(csv, ReportFormat.CSV);
        files.add(report, ReportFormat.HTML);
        Engine engine = options.engine(model);
        try (DataSet set = streams.open(data, reading, card);
                DataSet cleanSet = streams.openClean(reading, card);
                DataSet supportSet = streams.isClassIncremental() ? incremental.openSupport(reading, card) : null) {
            Selection selection = Selection.of(set, most);
            Optional<Selection> ofClean = Optional.ofNullable(cleanSet).map(some -> Selection.of(some, most));
            int[] used = selection.labels();
            List<Domain> domains = streams.domains(set, ofClean, used);
            List<? extends StreamSetting> plain = supportSet == null ? streams.streams(used.length) : List.of();
            byte[] bytes = Files.readAllBytes(model);
            LoadOptions load = options.load(wanted.methods());
            try (AdaptableModel network = engine.load(model, load)) {
                MethodChoice choice = wanted.on(network, err);
                Geometry geometry = DataOptions.geometry(set, card, network);
                LabelledSamples clean = cleanSet == null ? null : DataOptions.labelled(cleanSet, card, network);
                LabelledSamples supports = supportSet == null ? null : DataOptions.labelled(supportSet, card, network);
                List<Samples> all = new ArrayList<>();
                for (Domain domain : domains) {
                    all.add(
                            domain.isClean() && clean != null
                                    ? clean.samples().under(domain)
                                    : set.samples(domain, geometry));
                }
                List<Samples> samples = all.stream()
                        .map(some ->
                                some.domain().isClean() ? ofClean.orElseThrow().of(some) : selection.of(some))
                        .toList();
                DataOptions.warnOfOrder(set, network, err);
                Protocol protocol = measures.protocol(
                        choice.methods(),
                        Optional.ofNullable(clean)
                                .map(some -> ofClean.orElseThrow().of(some)));
                // Of the file as it is now: it may be another one when the replay is over.
                Map<String, Object> facts =
                        ModelFacts.of(engine, network, model.getFileName().toString(), bytes);
                Replay replay = supports == null
                        ? new Replay(network, samples, used, inputs, batch)
                        : new Replay(network, samples, used, supports, inputs, batch);
                List<? extends StreamSetting> drawn = supports == null
                        ? plain
                        : incremental.settings(network.classes(), used, supports.labels(), streams.seeds());
                scaling.check(network, all, inputs, err);
                Optional<CellFiles> cells = resumption.cells(
                        json, () -> determinants(facts, load, choice, used.length, protocol, card, geometry));
                guards.ifPresent(replay::guardedBy);
                replay.under(protocol).keeping(Resumption.orNone(cells)).auditing(audit.trails(choice.settings()));
                PrintWriter text = spec.commandLine().getOut();
                streams.descriptions(drawn).forEach(text::println);
                text.println();
                text.flush();
                List<ReplayResult> results = new ArrayList<>();
                try (Progress progress = Progress.of(samplesIn(drawn, domains, used))) {
                    for (StreamSetting setting : drawn) {
                        results.addAll(replay.run(setting, choice.methods(), badFiles.over(progress)));
                    }
                }
                text.print(ConsoleTable.of(results));
                text.flush();
                badFiles.report();
                Map<String, Object> config = config(facts, samples, used.length, drawn, choice);
                config.putAll(preprocessing.config(model, inputs, geometry));
                if (badFiles.count() > 0) {
                    config.put("skippedFiles", badFiles.count());
                }
                config.putAll(measures.config(protocol, batch));
                files.write(new ReplayReport(results, config, Environment.current(), imagesAmong(samples)));
                if (cells.isPresent()) {
                    cells.get().delete();
                }
            }
        }
        return 0;
    }

    private static List<Images> imagesAmong(List<Samples> samples) {
        return samples.stream()
                .filter(Images.class::isInstance)
                .map(Images.class::cast)
                .toList();
    }

    private static long samplesIn(List<? extends StreamSetting> drawn, List<Domain> domains, int[] labels) {
        return drawn.stream()
                .flatMap(setting -> setting.streams(domains, labels).stream())
                .mapToLong(ImageStream::images)
                .sum();
    }

    /** What results depend on beside the streams: as long as none of it changes, what is finished stays finished. */
    private Map<String, Object> determinants(
            Map<String, Object> facts,
            LoadOptions load,
            MethodChoice choice,
            int used,
            Protocol protocol,
            ModelCard card,
            Geometry geometry)
            throws IOException {
        List<Path> files = new ArrayList<>(List.of(model, data));
        streams.cleanFolder().ifPresent(files::add);
        incremental.supportFolder().ifPresent(files::add);
        Stream.concat(choice.settings().values().stream(), Stream.of(choice.guards()))
                .flatMap(settings -> settings.values().stream())
                .map(File::new)
                .filter(File::isFile)
                .map(File::toPath)
                .forEach(files::add);
        Map<String, Object> determinants = new LinkedHashMap<>();
        determinants.put("model", facts);
        determinants.put("load", load.toString());
        determinants.put("methods", List.copyOf(choice.settings().keySet()));
        determinants.put("settings", choice.settings());
        determinants.putAll(guarding.config(choice.guards()));
        determinants.put("reading", reading.determinants());
        determinants.put("card", card.toString());
        determinants.put("geometry", geometry.toString());
        determinants.put("domains", streams.config());
        determinants.put("images", used);
        determinants.put("protocol", measures.config(protocol, batch));
        determinants.put("files", FileStamps.of(files));
        determinants.put("versions", Environment.versions());
        return determinants;
    }

    private Map<String, Object> config(
            Map<String, Object> facts,
            List<Samples> samples,
            int used,
            List<? extends StreamSetting> drawn,
            MethodChoice choice)
            throws IOException {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model", facts);
        config.put("data", data.toRealPath().getFileName().toString());
        config.put("corruptions", samples.stream().map(Samples::name).toList());
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
        config.putAll(guarding.config(choice.guards()));
        return config;
    }
}
