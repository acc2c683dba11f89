package io.tta4j.djl;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * Sets up PyTorch for one run on this thread, and puts back what the thread had.
 *
 * <p>Whether operations are recorded is each thread's own setting, and on by default in every thread but the one that
 * loaded the native code. The optimising graph executor specialises a module once more for new batch sizes, which took
 * up to 0.4 s for networks that it made no faster; it is off during a run.
 */
final class Autograd {

    private static final boolean OPTIMIZER =
            Boolean.parseBoolean(System.getProperty("ai.djl.pytorch.graph_optimizer", "true"));

    private Autograd() {}

    /** Runs what need not be pulled back, or writes parameters. */
    static <T> T off(Supplier<T> run) {
        return with(false, run);
    }

    /** Runs with operations recorded or not. */
    static <T> T with(boolean recording, Supplier<T> run) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(recording);
        JniUtils.setGraphExecutorOptimize(false);
        try {
            return run.get();
        } finally {
            JniUtils.setGradMode(before);
            JniUtils.setGraphExecutorOptimize(OPTIMIZER);
        }
    }
}
