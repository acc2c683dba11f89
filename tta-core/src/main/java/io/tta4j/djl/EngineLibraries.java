package io.tta4j.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.tta4j.engine.MissingEngineException;
import io.tta4j.model.ModelException;
import java.util.Map;
import java.util.Optional;

/** What the engine needs on the class path and from the machine. */
final class EngineLibraries {

    private static final Map<String, String> COORDINATES_BY_CLASS =
            Map.of("ai.djl.Model", "ai.djl:api", "ai.djl.pytorch.engine.PtEngine", "ai.djl.pytorch:pytorch-engine");

    private EngineLibraries() {}

    /** @throws MissingEngineException if one is missing; the message names the coordinates to add */
    static void require() {
        COORDINATES_BY_CLASS.forEach((name, coordinates) -> {
            try {
                Class.forName(name, false, EngineLibraries.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new MissingEngineException(
                        "the DJL engine needs %s on the class path; add that dependency".formatted(coordinates), e);
            }
        });
    }

    /**
     * A manager of native memory on a device.
     *
     * @param wanted the device; empty for the one that DJL takes
     * @throws MissingEngineException if PyTorch's native code cannot be loaded
     * @throws ModelException if there is no such device
     */
    static PtNDManager manager(Optional<Device> wanted) {
        Engine engine = engine();
        Device device = wanted.orElseGet(engine::defaultDevice);
        if (device.isGpu() && device.getDeviceId() >= engine.getGpuCount()) {
            throw new ModelException(
                    "device %s must be there, but DJL finds %d CUDA devices; it needs a driver, a libtorch built for CUDA and PYTORCH_FLAVOR as docs/engines.md says, or leave the device at cpu"
                            .formatted(device, engine.getGpuCount()));
        }
        return (PtNDManager) engine.newBaseManager(device);
    }

    /** Sets the threads of an operator, for the whole process. */
    static void setThreads(int threads) {
        engine();
        JniUtils.setNumThreads(threads);
    }

    /**
     * Starts PyTorch where nothing has yet, {@linkplain Offline without the network}.
     *
     * @throws MissingEngineException if its native code cannot be loaded
     */
    static Engine engine() {
        try {
            return Offline.call(() -> Engine.getEngine(PtEngine.ENGINE_NAME));
        } catch (RuntimeException | LinkageError e) {
            throw new MissingEngineException(
                    "PyTorch's native code must be on the class path or on the disk, but cannot be loaded; add ai.djl.pytorch:pytorch-jni and ai.djl.pytorch:pytorch-native-cpu in the versions of docs/engines.md, the latter with the platform's classifier",
                    e);
        }
    }
}
