package io.tta4j.onnx.session;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives native memory back, where the JVM offers that; where it does not, it comes back later or not at all, and
 * nothing else changes.
 */
public final class NativeMemory {

    private static final Logger LOG = LoggerFactory.getLogger(NativeMemory.class);
    private static final Optional<MethodHandle> CLEANER = cleaner();

    private NativeMemory() {}

    /** Frees a direct buffer now, not when the collector comes by. Nobody may touch it or a view of it again. */
    static void free(ByteBuffer direct) {
        if (CLEANER.isPresent()) {
            try {
                CLEANER.get().invokeExact(direct);
            } catch (Throwable e) {
                LOG.debug("a direct buffer is left to the collector", e);
            }
        }
    }

    private static Optional<MethodHandle> cleaner() {
        try {
            Class<?> type = Class.forName("sun.misc.Unsafe");
            Field field = type.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return Optional.of(MethodHandles.lookup()
                    .findVirtual(type, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
                    .bindTo(field.get(null)));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("direct buffers are left to the collector", e);
            return Optional.empty();
        }
    }

    /**
     * Returns what was freed to the system. What ONNX Runtime frees while it opens a session, the C library keeps in
     * case it is needed again, which may be as much as the model's weights; afterwards nobody needs it.
     */
    public static void trim() {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            new Object[0],
                            new String[0]);
        } catch (JMException | RuntimeException e) {
            LOG.debug("the JVM cannot return freed native memory to the system", e);
        }
    }
}
