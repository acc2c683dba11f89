package io.tta4j.stream.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The most memory that this process has had at a time.
 *
 * @param of {@code resident} for all that was in memory, native memory of the engines included, or {@code heap} where
 *     the system does not say (the sum of the heap's pools, each at its peak)
 * @param mebibytes how much
 */
record PeakMemory(String of, long mebibytes) {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";
    private static final int KIBIBYTES = 1024;

    static PeakMemory current() {
        try {
            return of(Files.isReadable(STATUS) ? Files.readAllLines(STATUS) : List.of());
        } catch (IOException e) {
            return ofHeap();
        }
    }

    /** By the lines of a process's status. */
    static PeakMemory of(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(PEAK))
                .map(line -> line.replaceAll("\\D", ""))
                .filter(kibibytes -> !kibibytes.isEmpty())
                .findFirst()
                .map(kibibytes -> new PeakMemory("resident", Long.parseLong(kibibytes) / KIBIBYTES))
                .orElseGet(PeakMemory::ofHeap);
    }

    private static PeakMemory ofHeap() {
        long bytes = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
        return new PeakMemory("heap", bytes / KIBIBYTES / KIBIBYTES);
    }
}
