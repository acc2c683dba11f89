package io.tta4j.djl;

import ai.djl.Device;
import ai.djl.Model;
import io.tta4j.djl.DjlOptions.Activations;
import io.tta4j.engine.Engine;
import io.tta4j.engine.InspectableModel;
import io.tta4j.engine.Inspection;
import io.tta4j.engine.LoadOptions;
import io.tta4j.engine.MissingEngineException;
import io.tta4j.model.ElementType;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * TorchScript files on PyTorch: {@link DjlModel} for those who choose an engine at run time.
 *
 * <p>Of {@link LoadOptions} it knows the devices {@code cpu} and {@code cuda[:N]}, and neither the output with the
 * logits nor rows a pass. Input shapes are those of all inputs in the order of the module's arguments, of float32.
 * Threads are PyTorch's own, of the whole process from then on.
 */
public final class DjlEngine implements Engine {

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,4}))?");

    /** For {@link java.util.ServiceLoader}. */
    public DjlEngine() {}

    @Override
    public String name() {
        return "djl";
    }

    @Override
    public String format() {
        return "a TorchScript file";
    }

    @Override
    public boolean recognises(byte[] head) {
        return TorchScript.isZip(head);
    }

    /**
     * Starts PyTorch where nothing has yet, {@linkplain Offline without the network}.
     *
     * @throws MissingEngineException if DJL or PyTorch's native code is missing
     */
    public static void start() {
        EngineLibraries.require();
        EngineLibraries.engine();
    }

    @Override
    public InspectableModel load(Path file, LoadOptions options) {
        EngineLibraries.require();
        return DjlModel.load(file, start(String.valueOf(file.getFileName()), options));
    }

    /** A copy of a model that DJL has loaded, as {@link DjlModel#of} makes it; throws as it and as {@link #load}. */
    public InspectableModel copy(Model model, LoadOptions options) {
        EngineLibraries.require();
        return DjlModel.of(model, start(model.getName(), options));
    }

    @Override
    public Inspection inspect(Path file, LoadOptions options) {
        try (InspectableModel model = load(file, options)) {
            return model.inspection();
        }
    }

    private static DjlOptions start(String name, LoadOptions options) {
        DjlOptions djl = djl(name, options);
        if (options.threads() > 0) {
            EngineLibraries.setThreads(options.threads());
        }
        return djl;
    }

    private static DjlOptions djl(String file, LoadOptions options) {
        options.logits().ifPresent(logits -> {
            throw refused(
                    file,
                    "--logits " + logits,
                    "the first output is taken, or the one called logits; let the module put out its logits first");
        });
        if (options.rowsPerPass() > 0) {
            throw refused(
                    file,
                    "--rows-per-pass " + options.rowsPerPass(),
                    "a pass is over the whole batch; use smaller batches, or --recompute to keep no activations");
        }
        DjlOptions.Builder djl = DjlOptions.custom()
                .device(device(file, options.device()))
                .activations(options.recompute() ? Activations.RECOMPUTED : Activations.KEPT)
                .features(options.features());
        options.inputShapes()
                .forEach((input, extents) -> djl.input(
                        input,
                        ElementType.FLOAT32,
                        extents.stream().mapToLong(Long::longValue).toArray()));
        return djl.build();
    }

    private static Device device(String file, String text) {
        if (text.equals("cpu")) {
            return Device.cpu();
        }
        Matcher cuda = CUDA.matcher(text);
        if (!cuda.matches()) {
            throw refused(file, "--provider " + text, "it runs on cpu and cuda[:N]");
        }
        return Device.gpu(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
    }

    private static IllegalArgumentException refused(String file, String option, String instead) {
        return new IllegalArgumentException(
                "'%s' runs on the DJL engine, which takes no %s: %s".formatted(file, option, instead));
    }
}
