package io.tta4j.bench;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.AdaptiveModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Where time goes: ONNX Runtime's profile of each of the engine's sessions, summed by operator. The engine writes
 * profiles, and the graphs that its sessions run, where the system property {@code tta4j.onnx.profile} tells it to.
 */
@Command(
        name = "bench/profile",
        mixinStandardHelpOptions = true,
        description = "Serves and adapts under ONNX Runtime's profiler and sums up what operators took, by session.",
        showDefaultValues = true)
public final class Profile implements Callable<Integer> {

    /** How many of a graph's inputs and outputs are named. */
    private static final int NAMED = 3;

    @Parameters(paramLabel = "MODEL", description = "A classifier with one float input.")
    private Path model = Path.of("");

    @Parameters(paramLabel = "FOLDER", description = "Where graphs and profiles go; made if there is none.")
    private Path folder = Path.of("");

    @Option(names = "--runs", paramLabel = "N", description = "How often each session is to run, after a first time.")
    private int runs = 5;

    @Option(names = "--batch", paramLabel = "N", description = "Samples a batch.")
    private int batch = 16;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of each session.")
    private int threads = 2;

    @Option(names = "--share", paramLabel = "R", description = "Share of reliable samples.")
    private double share = 1;

    @Option(names = "--rows-per-pass", paramLabel = "N", description = "Bounds memory; 0: all rows at once.")
    private int rowsPerPass;

    @Option(names = "--nodes", paramLabel = "N", description = "How many single nodes to list.")
    private int nodes = 10;

    private Profile() {}

    /** Runs the profile and ends the process. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Profile()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(folder);
        System.setProperty("tta4j.onnx.profile", folder.toString());
        OnnxOptions options = OnnxOptions.custom()
                .intraOpThreads(threads)
                .rowsPerPass(rowsPerPass)
                .build();
        try (OnnxModel adaptable = OnnxModel.load(model, options)) {
            Batch images = Images.random(adaptable, batch, 0);
            Vector moved = adaptable.source().times(1.01f);
            AdaptiveModel sar = AdaptiveModel.of(adaptable, new FixedShareSar(share));
            for (int i = 0; i <= runs; i++) {
                for (Vector theta : List.of(adaptable.source(), moved)) {
                    try (Pass pass = adaptable.serve(images, theta)) {
                        pass.logits();
                    }
                }
                sar.predict(images);
            }
        }
        ObjectMapper json = new ObjectMapper();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                System.out.println(description(file));
                OperatorProfile.of(json.readTree(file.toFile())).print(System.out, nodes);
            }
        }
        return 0;
    }

    /** Which session a profile is of: the name of its graph's file, what goes in and what comes out. */
    private static String description(Path profile) throws IOException {
        // ONNX Runtime adds the time to the name it is given.
        String name = String.valueOf(profile.getFileName()).replaceFirst("_\\d{4}-\\d\\d-\\d\\d_.*", "");
        Path recorded = profile.resolveSibling(name + ".onnx");
        if (!Files.exists(recorded)) {
            return name + " (the file itself)";
        }
        try (InputStream file = Files.newInputStream(recorded)) {
            GraphProto graph = ModelProto.parseFrom(file).getGraph();
            return "%s (%s -> %s)".formatted(name, names(graph.getInputList()), names(graph.getOutputList()));
        }
    }

    private static String names(List<ValueInfoProto> tensors) {
        String first =
                tensors.stream().limit(NAMED).map(ValueInfoProto::getName).collect(Collectors.joining(", "));
        return tensors.size() > NAMED ? "%s and %d more".formatted(first, tensors.size() - NAMED) : first;
    }
}
