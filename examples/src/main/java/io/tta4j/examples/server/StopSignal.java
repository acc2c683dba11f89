package io.tta4j.examples.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;

/**
 * SIGTERM and SIGINT, taken before the JVM begins to shut down. A shutdown hook would be too late: ONNX Runtime frees
 * its environment in one of its own, at the same time, and no model runs from then on.
 *
 * <p>Java has no public class for signals; by reflection, compilation does without the one that there is.
 */
final class StopSignal {

    /** What a process that a signal ended has as exit code, less the signal's number. */
    private static final int BY_SIGNAL = 128;

    private final CompletableFuture<Integer> came = new CompletableFuture<>();

    private StopSignal() {}

    /** Takes both signals from now on; those after the first change nothing. */
    static StopSignal take() {
        StopSignal stop = new StopSignal();
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler handle = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    int number = (int) signal.getMethod("getNumber").invoke(arguments[0]);
                    stop.came.complete(BY_SIGNAL + number);
                    yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> arguments[0] == proxy;
                default -> "the server's stop signal";
            };
            Object taken = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, handle);
            for (String name : new String[] {"TERM", "INT"}) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), taken);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the server must be told of SIGTERM, but this Java has no signals", e);
        }
        return stop;
    }

    /** Waits for the first; the exit code that goes with it. */
    int await() {
        return came.join();
    }
}
