package io.tta4j.examples.server;

import io.tta4j.RuntimeConfig;
import io.tta4j.engine.Engine;
import io.tta4j.engine.Engines;
import io.tta4j.engine.Features;
import io.tta4j.engine.InspectableModel;
import io.tta4j.engine.LoadOptions;
import io.tta4j.guard.GuardConfig;
import io.tta4j.guard.Guards;
import io.tta4j.health.EventLog;
import io.tta4j.method.ClassLearner;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Methods;
import io.tta4j.method.Settings;
import io.tta4j.snapshot.SnapshotDirectory;
import io.tta4j.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program: serves a model, adapting it or plainly, until it is told to stop by SIGTERM or SIGINT. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        version = "tta4j's inference server, Open Inference Protocol v2",
        showDefaultValues = true,
        usageHelpWidth = 110,
        description = "Serves a classifier over the Open Inference Protocol v2, and adapts it to what it is sent.")
public final class Server implements Callable<Integer> {

    private static final Limits DEFAULTS = Limits.ofDefaults();

    @Option(names = "--model", paramLabel = "FILE", description = "ONNX or TorchScript file (default: a demo network)")
    private @Nullable Path model;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "what it is called in paths (default: its file's name)")
    private @Nullable String name;

    @Option(names = "--host", paramLabel = "HOST", description = "where to listen; 0.0.0.0 for everywhere")
    private String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "N", description = "0 for any that is free")
    private int port = 8080;

    @Option(names = "--plain", description = "serve a bare ONNX Runtime session, without tta4j")
    private boolean plain;

    @Option(names = "--method", paramLabel = "M", description = "adaptation method")
    private String method = "sar";

    @Option(
            names = "--set",
            paramLabel = "SETTING=VALUE",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description =
                    "a setting of the method, such as sar.learningRate=0.001 or without 'sar.', of the runtime, such as"
                            + " runtime.adaptationBatch=32, or of guards, such as guard.driftGate=true")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--tta", paramLabel = "MODE", description = "for requests that do not say: off, shadow or on")
    private String tta = "on";

    @Option(names = "--background", description = "answer without waiting for steps, and take them between requests")
    private boolean background;

    @Option(
            names = "--budget",
            paramLabel = "SHARE",
            description =
                    "--background: share of wall time for adaptation, or samples a second such as 200/s (default: 0.25)")
    private @Nullable String budget;

    @Option(
            names = "--no-guards",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "without the guards that keep adapted states sound, but for that against values not finite")
    private boolean guards;

    @Option(
            names = "--state",
            paramLabel = "FOLDER",
            description = "where to keep states between runs (default: nowhere)")
    private @Nullable Path state;

    @Option(
            names = "--state-bytes",
            paramLabel = "BYTES",
            description = "memory for streams' states; the least used go to the folder (default: 67108864)")
    private @Nullable String stateBytes;

    @Option(
            names = "--save-every",
            paramLabel = "MS",
            description = "how often states that have changed are saved: what a kill may cost (default: 10000)")
    private @Nullable String saveEvery;

    @Option(names = "--ready-only-when-up", description = "say not ready while /health is not UP")
    private boolean readyOnlyWhenUp;

    @Option(names = "--threads", paramLabel = "N", description = "threads of an operator; 0 for one per core")
    private int threads = 1;

    @Option(names = "--spinning", description = "--plain: threads spin between runs, as ONNX Runtime has it by default")
    private boolean spinning;

    @Option(names = "--workers", paramLabel = "N", description = "requests that run on the model at a time")
    private int workers = DEFAULTS.workers();

    @Option(names = "--in-flight", paramLabel = "N", description = "requests that are read or answered at a time")
    private int inFlight = DEFAULTS.inFlight();

    @Option(names = "--connections", paramLabel = "N", description = "connections at a time")
    private int connections = DEFAULTS.connections();

    @Option(names = "--max-body", paramLabel = "BYTES", description = "the largest request body")
    private int maxBody = DEFAULTS.bodyBytes();

    @Option(
            names = "--max-bytes",
            paramLabel = "BYTES",
            description = "the bodies and tensors of all requests in flight")
    private long maxBytes = DEFAULTS.bytesInFlight();

    @Option(names = "--max-rows", paramLabel = "N", description = "the largest batch")
    private int maxRows = DEFAULTS.rows();

    @Option(names = "--max-key", paramLabel = "BYTES", description = "the longest stream key")
    private int maxKey = DEFAULTS.keyBytes();

    @Option(names = "--time", paramLabel = "MS", description = "for a request to come in and to reach the model")
    private long time = DEFAULTS.time().toMillis();

    @Option(names = "--stop-time", paramLabel = "MS", description = "for requests in flight to end once it stops")
    private long stopTime = DEFAULTS.stopTime().toMillis();

    private Server() {}

    /**
     * Serves until a signal comes; exit code 1 for what failed, 2 for options that are none, else as the signal has it.
     */
    public static void main(String[] arguments) {
        // Libraries report through slf4j-simple; an operator wants to hear of trouble only.
        if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
            // A line for each bad header would let any client fill the disk.
            System.setProperty("org.slf4j.simpleLogger.log.org.eclipse.jetty.http", "error");
            // A line a minute of each kind at most.
            System.setProperty("org.slf4j.simpleLogger.log." + EventLog.class.getName(), "info");
        }
        System.exit(new CommandLine(new Server())
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println("server: " + e.getMessage());
                    return 1;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Limits limits = new Limits(
                maxBody,
                maxBytes,
                maxRows,
                maxKey,
                inFlight,
                workers,
                connections,
                Duration.ofMillis(time),
                Duration.ofMillis(stopTime));
        Path file = model == null ? DemoNetwork.unpack() : model;
        String called = name == null ? stem(file) : name;
        StopSignal stop = StopSignal.take();
        try (InferenceServer server =
                InferenceServer.start(host, port, called, plain ? plain(file) : adapting(file, called), limits)) {
            System.out.printf("serving %s at http://%s:%d/v2/models/%s%n", file, host, server.port(), called);
            return stop.await();
        }
    }

    private static String stem(Path file) {
        String full = String.valueOf(file.getFileName());
        int dot = full.lastIndexOf('.');
        return dot < 1 ? full : full.substring(0, dot);
    }

    private ServedModel plain(Path file) {
        return PlainModel.open(file, threads, spinning);
    }

    private ServedModel adapting(Path file, String called) throws IOException {
        AdaptingConfig config = config();
        Engine engine = Engines.of(file);
        InspectableModel loaded = engine.load(
                file,
                new LoadOptions(
                        "cpu",
                        threads,
                        Map.of(),
                        Optional.empty(),
                        false,
                        0,
                        config.method() instanceof ClassLearner ? Features.AUTO : Features.NONE));
        return new AdaptingModel(
                loaded,
                AdaptingModel.output(loaded),
                engine.name().equals("onnx") ? "onnxruntime_onnx" : "pytorch_torchscript",
                called,
                config,
                Optional.ofNullable(state).map(Server::store));
    }

    /** A server without its states is better than none: the log and {@code /health} tell. */
    static SnapshotStore store(Path folder) {
        try {
            return SnapshotDirectory.open(folder);
        } catch (IOException e) {
            return new UnavailableStore(String.valueOf(e.getMessage()));
        }
    }

    private AdaptingConfig config() {
        MethodProvider provider = Methods.named(method);
        GivenSettings given = GivenSettings.of(method, settings);
        GuardConfig.Builder base =
                guards ? GuardConfig.custom() : GuardConfig.custom().none();
        return new AdaptingConfig(
                provider.create(Settings.of(provider, given.method())),
                runtime(given.runtime()),
                Guards.of(GuardConfig.read(given.guard(), base).build()),
                readyOnlyWhenUp);
    }

    /**
     * Options are names for settings of the runtime; where none says otherwise, what is pending is learned from at the
     * end.
     */
    private RuntimeConfig runtime(Map<String, String> given) {
        if (budget != null && !background) {
            throw new IllegalArgumentException("--budget must go with --background, but was alone");
        }
        Map<String, String> all = new LinkedHashMap<>(given);
        all.putIfAbsent("finishOnClose", "true");
        set(all, "mode", "--tta", TtaMode.named(tta).mode().name().toLowerCase(Locale.ROOT));
        set(all, "execution", "--background", background ? "background" : null);
        set(all, "budget", "--budget", budget);
        set(all, "streamBytes", "--state-bytes", stateBytes);
        set(all, "saveInterval", "--save-every", saveEvery);
        return RuntimeConfig.parse(all);
    }

    private static void set(Map<String, String> all, String name, String option, @Nullable String value) {
        if (value != null && all.put(name, value) != null) {
            throw new IllegalArgumentException("%s.%s must be given as %s alone, but was given as both"
                    .formatted(RuntimeConfig.PREFIX, name, option));
        }
    }
}
