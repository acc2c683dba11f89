package io.tta4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.tta4j.onnx.session.SessionSettings;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a model runs. Immutable.
 *
 * @param kind of hardware or library
 * @param device which of several, from 0; must be 0 where there can be one only
 */
public record ExecutionProvider(Kind kind, int device) {

    /** The processor: the default. */
    public static final ExecutionProvider CPU = new ExecutionProvider(Kind.CPU, 0);

    private static final Pattern TEXT = Pattern.compile("([a-z]+)(?::(\\d{1,4}))?");

    /** What ONNX Runtime calls an execution provider. */
    public enum Kind {
        CPU(OrtProvider.CPU),
        /** NVIDIA GPUs; needs the artifact {@code onnxruntime_gpu} in place of {@code onnxruntime}, CUDA and cuDNN. */
        CUDA(OrtProvider.CUDA),
        /** NVIDIA GPUs through TensorRT; as CUDA, which takes what TensorRT does not. */
        TENSORRT(OrtProvider.TENSOR_RT),
        /** Windows. */
        DIRECTML(OrtProvider.DIRECT_ML),
        /** Apple. */
        COREML(OrtProvider.CORE_ML);

        private final OrtProvider provider;

        Kind(OrtProvider provider) {
            this.provider = provider;
        }

        private boolean takesDevice() {
            return this != CPU && this != COREML;
        }
    }

    public ExecutionProvider {
        if (device < 0 || (device > 0 && !kind.takesDevice())) {
            throw new IllegalArgumentException("device of %s must be %s, but was %d"
                    .formatted(kind, kind.takesDevice() ? "at least 0" : "0", device));
        }
    }

    /** An NVIDIA GPU. */
    public static ExecutionProvider cuda(int device) {
        return new ExecutionProvider(Kind.CUDA, device);
    }

    /**
     * What a text such as {@code cpu}, {@code cuda} or {@code cuda:1} says.
     *
     * @throws IllegalArgumentException if it says nothing of the kind
     */
    public static ExecutionProvider parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (matcher.matches()) {
            for (Kind kind : Kind.values()) {
                if (kind.name().toLowerCase(Locale.ROOT).equals(matcher.group(1))) {
                    return new ExecutionProvider(
                            kind, matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2)));
                }
            }
        }
        throw new IllegalArgumentException(
                "an execution provider must be cpu, cuda, tensorrt, directml or coreml, with a device such as cuda:1 where there are several, but was '%s'"
                        .formatted(text));
    }

    /**
     * How sessions get there.
     *
     * @throws IllegalStateException if the ONNX Runtime on the class path has no such provider
     */
    SessionSettings.Device sessions() {
        if (kind == Kind.CPU) {
            return SessionSettings.Device.PROCESSOR;
        }
        Set<OrtProvider> providers = OrtEnvironment.getAvailableProviders();
        if (!providers.contains(kind.provider)) {
            throw new IllegalStateException(
                    "the ONNX Runtime on the class path must have the execution provider %s, but has %s; for NVIDIA GPUs put com.microsoft.onnxruntime:onnxruntime_gpu there in place of onnxruntime"
                            .formatted(kind, providers));
        }
        return this::addTo;
    }

    private void addTo(SessionOptions options) throws OrtException {
        switch (kind) {
            case CUDA -> options.addCUDA(device);
            case TENSORRT -> {
                options.addTensorrt(device);
                options.addCUDA(device);
            }
            case DIRECTML -> options.addDirectML(device);
            case COREML -> options.addCoreML();
            case CPU -> {
                // Is always there.
            }
        }
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return kind.takesDevice() ? name + ":" + device : name;
    }
}
